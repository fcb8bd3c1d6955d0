import {
  Alert,
  AlertSeverity,
  type AlertTest,
  type ConfigVariable,
  Duration,
  type Fact,
  SecretDelivery,
  SecretReference,
  SecretRule,
  SecretStore,
  type Service,
} from '../service';

/** The rule that each alert of the library is there; waived, it is not. */
const ALERT = 'alert';

const NAME = 'SecretOverdue';
const CHANGED = 'secret_changed_timestamp_seconds';

/**
 * The alert about secrets that are too old, where a running process can know how old they are: it reads them itself, from a store that
 * says when each was replaced. A mounted file says no such thing, so an alert about it would be one that never fires.
 *
 * @param kept the stores and what they keep
 */
export function overdueAlert(stated: Service, kept: readonly Fact[]): Fact[] {
  const secrets = stated.configVariables.filter((secret) => isAged(stated, secret) && isRead(kept, secret));
  const isAsked =
    stated.metrics.some(({ name }) => name === 'up') && stated.metrics.some(({ name }) => name === CHANGED);
  return isAsked && secrets.length > 0 && stated.tryFindWaiver(ALERT, NAME) === undefined
    ? [alertAbout(stated.serviceName, secrets)]
    : [];
}

/** Whether it may be too old at all. */
function isAged(service: Service, { name, secret, rotateEvery }: ConfigVariable): boolean {
  return secret && rotateEvery !== undefined && service.tryFindWaiver(SecretRule.ROTATION, name) === undefined;
}

/** Whether processes of some environment read it themselves. */
function isRead(kept: readonly Fact[], { name }: ConfigVariable): boolean {
  const stores = kept.filter((fact): fact is SecretStore => fact instanceof SecretStore);
  return kept.some(
    (fact) =>
      fact instanceof SecretReference &&
      fact.variable === name &&
      stores.some(
        ({ store, environment, delivery }) =>
          store === fact.store && environment === fact.environment && delivery === SecretDelivery.SERVICE,
      ),
  );
}

function alertAbout(job: string, secrets: readonly ConfigVariable[]): Alert {
  const periods = new Map<number, string[]>();
  for (const { name, rotateEvery } of secrets) {
    const seconds = rotateEvery!.toSeconds();
    periods.set(seconds, [...(periods.get(seconds) ?? []), name]);
  }
  const older = ([seconds, names]: [number, string[]]) =>
    `time() - max by (variable) (${CHANGED}{job="${job}", variable=~"${names.join('|')}"}) > ${seconds / DAY} * ${DAY}`;
  const [[seconds, [variable]]] = [...periods] as [[number, [string]]];
  return new Alert(NAME, {
    summary: `${job}: {{ $labels.variable }} should have been rotated`,
    description: '{{ $labels.variable }} is older than it may get. What leaked meanwhile still opens doors.',
    expression: [...periods].map(older).join('\nor\n'),
    severity: AlertSeverity.TICKET,
    runbook: 'rotate-a-secret',
    pending: Duration.hours(1),
    statedBy: 'SecretsConfig',
    test: ageing(job, variable, seconds),
  });
}

const DAY = 86_400;

/** It becomes too old after an hour, and is replaced two hours later. */
function ageing(job: string, variable: string, seconds: number): AlertTest {
  return {
    series: {
      [`${CHANGED}{job="${job}", instance="10.0.0.1:9464", variable="${variable}"}`]: `${3600 - seconds}x179 10800x60`,
    },
    quietAt: Duration.minutes(50),
    firesAt: Duration.minutes(150),
    resolvedAt: Duration.minutes(220),
    labels: { variable },
  };
}
