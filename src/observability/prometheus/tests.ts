import type { Alert, Duration, RecordingRule, Service } from '../../service';
import type { AlertSpec } from '../alerts';

/** An alert with the series that make it fire. */
interface Tested {
  readonly alert: Alert;
  readonly series: Readonly<Record<string, string>>;
  /** Moments at which it fires or does not, as promtool writes time. */
  readonly moments: ReadonlyArray<readonly [at: string, fires: boolean]>;
  /** The labels of the expression that it carries on. */
  readonly labels: Readonly<Record<string, string>>;
  readonly firesWithoutData: boolean;
  readonly labelsWithoutData?: Readonly<Record<string, string>>;
}

/**
 * `promtool test rules`: each alert fires, does not fire and resolves, where there are series for that; and all are silent without data.
 *
 * @param specs the alerts of this library with the series that make them fire
 */
export function alertTestsFile(service: Service, specs: readonly AlertSpec[]): object {
  const tested = testedOf(service, specs);
  return {
    rule_files: ['../rules/alerts.yaml'],
    evaluation_interval: '1m',
    tests: [
      ...tested.filter(({ alert }) => !isOfObjective(alert)).map((each) => alertTest(service, each)),
      {
        name: 'Without any data, nothing fires but what is about the lack of it',
        interval: '1m',
        input_series: [],
        alert_rule_test: [...tested, ...untestedOf(service, tested)]
          .filter(({ alert }) => !isAboutAlerts(alert))
          .map((each) => expectation(service, withoutData(each), '60m', each.firesWithoutData)),
      },
    ],
  };
}

/** The same for objectives, which take hours to burn: evaluated less often, together with what they record. */
export function objectiveTestsFile(service: Service, specs: readonly AlertSpec[]): object {
  return {
    rule_files: ['../rules/recording.yaml', '../rules/alerts.yaml'],
    // What is recorded first: Prometheus 3 no longer sees what was recorded exactly five minutes before.
    group_eval_order: [...groupsOf(service.recordingRules), 'alerts'].map((group) => `${service.serviceName}-${group}`),
    evaluation_interval: '5m',
    tests: testedOf(service, specs)
      .filter(({ alert }) => isOfObjective(alert))
      .map((each) => alertTest(service, each)),
  };
}

function groupsOf(rules: readonly RecordingRule[]): string[] {
  return [...new Set(rules.map(({ group }) => group))];
}

/** Those of this library first, then those that others state with a test. */
function testedOf(service: Service, specs: readonly AlertSpec[]): Tested[] {
  const ours = specs.flatMap((spec) => {
    // What somebody states under the name of one of ours is theirs to test.
    const alert = service.alerts.find(({ name, expression }) => name === spec.name && expression === spec.expression);
    return alert === undefined ? [] : [{ alert, ...ofSpec(spec) }];
  });
  const theirs = service.alerts
    .filter((alert) => !ours.some((each) => each.alert === alert))
    .flatMap((alert) => (alert.test === undefined ? [] : [ofTest(alert, alert.test)]));
  return [...ours, ...theirs];
}

function ofSpec({ scenario }: AlertSpec): Omit<Tested, 'alert'> {
  const { series, quietAt, firesAt, alsoFiresAt = -1, resolvedAt, labels = {}, firesWithoutData = false } = scenario;
  const at = (minute: number, fires: boolean) => (minute < 0 ? [] : [[`${minute}m`, fires] as const]);
  return {
    series,
    moments: [...at(quietAt, false), ...at(firesAt, true), ...at(alsoFiresAt, true), ...at(resolvedAt, false)],
    labels,
    firesWithoutData,
  };
}

function ofTest(alert: Alert, test: NonNullable<Alert['test']>): Tested {
  const at = (when: Duration | undefined, fires: boolean) =>
    when === undefined ? [] : [[when.toString(), fires] as const];
  return {
    alert,
    series: test.series,
    moments: [
      ...at(test.quietAt, false),
      ...at(test.firesAt, true),
      ...at(test.alsoFiresAt, true),
      ...at(test.resolvedAt, false),
    ],
    labels: test.labels ?? {},
    firesWithoutData: test.firesWithoutData ?? false,
    labelsWithoutData: test.labelsWithoutData,
  };
}

function withoutData({ labels, labelsWithoutData = labels, ...tested }: Tested): Tested {
  return { ...tested, labels: labelsWithoutData };
}

/** What nobody gave series for can still be expected to be silent without any, unless it may be about their absence. */
function untestedOf(service: Service, tested: readonly Tested[]): Tested[] {
  return service.alerts
    .filter(
      (alert) => !tested.some((each) => each.alert === alert) && !/\b(absent\w*|vector)\s*\(/.test(alert.expression),
    )
    .map((alert) => ({ alert, series: {}, moments: [], labels: {}, firesWithoutData: false }));
}

function isOfObjective({ extraLabels }: Alert): boolean {
  return extraLabels['objective'] !== undefined;
}

/** It fires with those it is about, some of which fire without data; the live test sees it. */
function isAboutAlerts({ expression }: Alert): boolean {
  return /\bALERTS\b/.test(expression);
}

function alertTest(service: Service, tested: Tested): object {
  return {
    name: `${tested.alert.name} fires and resolves`,
    interval: '1m',
    input_series: Object.entries(tested.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: tested.moments.map(([at, fires]) => expectation(service, tested, at, fires)),
  };
}

function expectation(service: Service, { alert, labels: carried }: Tested, at: string, fires: boolean): object {
  const labels = { ...carried, ...alert.labelsOn(service) };
  return {
    eval_time: at,
    alertname: alert.name,
    exp_alerts: fires ? [{ exp_labels: labels, exp_annotations: filledIn(alert.annotationsOn(service), labels) }] : [],
  };
}

/** Annotations as Prometheus sends them, with the labels in their place. */
function filledIn(annotations: Record<string, string>, labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
    ]),
  );
}
