import { EnvironmentTier, type Service } from '../../service';
import { WATCHDOG } from '../alerts/pipeline';
import { GROUP_WAIT } from '../timing';
import { ESCALATION } from './escalation';
import { RECEIVERS, type ReceiverName } from './notifications';

/** One way through Alertmanager: what matches goes to a receiver. */
interface Route {
  readonly receiver: ReceiverName;
  readonly matchers: Readonly<Record<string, string>>;
  readonly timing: object;
}

/**
 * The ways alerts take, the first that matches first.
 *
 * `environment` is a label that each Prometheus adds to what it sends. Where there is none, it is taken for production: better
 * woken once too often.
 */
function routes(service: Service): Route[] {
  const harmless = service.environments
    .filter(({ tier }) => tier !== EnvironmentTier.PRODUCTION)
    .map(({ name }) => name);
  return [
    {
      receiver: 'heartbeat',
      matchers: { alertname: WATCHDOG },
      // Looked at every 20 s and due after 50: once a minute. What is due after as long as it is looked at is just not due yet, and
      // every other beat is left out.
      timing: { group_wait: '0s', group_interval: '20s', repeat_interval: '50s' },
    },
    { receiver: 'nobody', matchers: { severity: 'info' }, timing: {} },
    ...(harmless.length === 0
      ? []
      : [{ receiver: 'ticket' as const, matchers: { environment: harmless.join('|') }, timing: {} }]),
    {
      receiver: 'escalation',
      matchers: { alertname: ESCALATION },
      timing: { group_wait: '0s', repeat_interval: '30m' },
    },
    {
      receiver: 'page',
      matchers: { severity: 'page' },
      timing: { group_wait: GROUP_WAIT.page.toString(), group_interval: '1m', repeat_interval: '1h' },
    },
  ];
}

/** The tree of routes, as Alertmanager reads it. */
export function routeTree(service: Service): object {
  return {
    receiver: RECEIVERS.ticket,
    group_by: ['alertname', 'service', 'environment'],
    group_wait: GROUP_WAIT.ticket.toString(),
    group_interval: '5m',
    repeat_interval: '1d',
    routes: routes(service).map(({ receiver, matchers, timing }) => ({
      receiver: RECEIVERS[receiver],
      matchers: Object.entries(matchers).map(([label, value]) =>
        value.includes('|') ? `${label}=~"${value}"` : `${label}="${value}"`,
      ),
      ...timing,
    })),
  };
}

/** Which receiver hears of an alert with these labels. */
export function receiverFor(service: Service, labels: Readonly<Record<string, string>>): ReceiverName {
  const taken = routes(service).find(({ matchers }) =>
    Object.entries(matchers).every(([label, value]) => value.split('|').includes(labels[label] ?? '')),
  );
  return taken?.receiver ?? 'ticket';
}
