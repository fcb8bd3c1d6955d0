import { ConfigState, EnvironmentTier, type Service } from '../../service';
import type { Notifications } from './notifications';

/**
 * What an environment lacks before alerts of it reach anybody, and traces the collector, by environment.
 *
 * @param expectsTraces whether it was chosen what becomes of traces
 */
export function missingByEnvironment(
  service: Service,
  notifications: Notifications,
  expectsTraces: boolean,
): Record<string, string[]> {
  const lacks: ReadonlyArray<readonly [lacks: boolean, fix: string]> = [
    [
      notifications.of('page').length === 0,
      'Nobody is paged: observability.notify(AlertSeverity.PAGE, Receiver.pagerDuty()).',
    ],
    [
      notifications.of('ticket').length === 0,
      "Nobody gets tickets: observability.notify(AlertSeverity.TICKET, Receiver.slack({ channel: '#alerts' })).",
    ],
    [
      notifications.of('heartbeat').length === 0,
      "Nobody notices when alerting itself stops: observability.sendHeartbeatTo(Receiver.webhook({ url: 'https://…' })).",
    ],
    [service.owner === undefined, "Nobody answers for the service: owner: 'team-shop'."],
    [
      service.docsUrl === undefined,
      "Alerts cannot link to their runbooks: docsUrl: 'https://github.com/acme/orders/blob/main/docs'.",
    ],
    [
      service.dashboardsUrl === undefined,
      "Alerts cannot link to dashboards: dashboardsUrl: 'https://grafana.acme.com'.",
    ],
  ];
  const missing = lacks.filter(([is]) => is).map(([, fix]) => fix);
  return Object.fromEntries(
    service.environments.map(({ name, tier }) => [
      name,
      tier === EnvironmentTier.PRODUCTION ? [...missing, ...(expectsTraces ? tracesOf(service, name) : [])] : [],
    ]),
  );
}

/** Without an endpoint nothing is traced, wherever the collector would send it. */
function tracesOf(service: Service, environment: string): string[] {
  const variable = service.tryFindConfigVariable('OTEL_EXPORTER_OTLP_ENDPOINT');
  return variable !== undefined && service.configState(variable, environment) === ConfigState.ABSENT
    ? [
        `Nothing is traced in ${environment}, since the service knows no collector there: observability.collector.endpoints: { ${environment}: 'http://otel-collector.monitoring:4318' }.`,
      ]
    : [];
}
