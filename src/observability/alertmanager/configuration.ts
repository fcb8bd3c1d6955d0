import type { Service } from '../../service';
import { type Notifications, RECEIVERS, type ReceiverName } from './notifications';
import { routeTree } from './routes';

/** Alertmanager's configuration. A receiver that nobody is behind yet takes alerts and tells nobody. */
export function alertmanagerFile(service: Service, notifications: Notifications): object {
  return {
    route: routeTree(service),
    inhibit_rules: INHIBITIONS,
    receivers: (Object.keys(RECEIVERS) as ReceiverName[]).map((name) => ({
      name: RECEIVERS[name],
      ...configsOf(notifications, name),
    })),
  };
}

/** One message for one cause. */
const INHIBITIONS = [
  inhibition('alertname=~"ServiceDown|ServiceAbsent"', 'alertname!~"ServiceDown|ServiceAbsent|Watchdog|PageGoesOn"', [
    'service',
    'environment',
  ]),
  // An outage is both; who was paged by the first is not paged again by the slower one.
  inhibition('alertname="ServiceDown"', 'alertname="ServiceAbsent"', ['service', 'environment']),
  inhibition(
    'alertname="RequiredDependencyDown"',
    'alertname=~"Http.+|.+BudgetBurns.+|.+FailsAtLowTraffic|DatabasePoolExhausted"',
    ['service', 'environment'],
  ),
  inhibition('alertname=~".+BudgetBurnsFast"', 'alertname=~".+BudgetBurnsSlowly"', [
    'service',
    'environment',
    'objective',
  ]),
  inhibition('alertname="CertificateExpiresNow"', 'alertname="CertificateExpiresSoon"', [
    'service',
    'environment',
    'instance',
  ]),
];

function inhibition(source: string, target: string, equal: string[]): object {
  return { source_matchers: [source], target_matchers: [target], equal };
}

function configsOf(notifications: Notifications, name: ReceiverName): Record<string, object[]> {
  const configs: Record<string, object[]> = {};
  for (const { _kind, _config } of notifications.of(name)) {
    // The heartbeat stops when alerting does; a message that it has "resolved" would say the contrary.
    const config = name === 'heartbeat' ? { ..._config, send_resolved: false } : { ..._config };
    configs[_kind] = [...(configs[_kind] ?? []), config];
  }
  return configs;
}
