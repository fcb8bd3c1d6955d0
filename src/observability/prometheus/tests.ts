import type { Alert, Service } from '../../service';
import type { AlertSpec } from '../alerts';

/** An alert with the series that make it fire. */
interface Tested {
  readonly spec: AlertSpec;
  readonly alert: Alert;
}

/**
 * `promtool test rules`: each alert that this library brings fires, does not fire, resolves, and is silent without data.
 *
 * @param specs the alerts with the series that make them fire
 */
export function alertTestsFile(service: Service, specs: readonly AlertSpec[]): object {
  const tested = testedOf(service, specs);
  return {
    rule_files: ['../rules/alerts.yaml'],
    evaluation_interval: '1m',
    tests: [
      ...tested.filter(({ spec }) => !isOfObjective(spec)).map((each) => alertTest(service, each)),
      {
        name: 'Without any data, nothing fires but what is about the lack of it',
        interval: '1m',
        input_series: [],
        alert_rule_test: tested.map((each) =>
          expectation(service, each, 60, each.spec.scenario.firesWithoutData ?? false),
        ),
      },
    ],
  };
}

/** The same for objectives, which take hours to burn: evaluated less often, together with what they record. */
export function objectiveTestsFile(service: Service, specs: readonly AlertSpec[]): object {
  return {
    rule_files: ['../rules/recording.yaml', '../rules/alerts.yaml'],
    evaluation_interval: '5m',
    tests: testedOf(service, specs)
      .filter(({ spec }) => isOfObjective(spec))
      .map((each) => alertTest(service, each)),
  };
}

function testedOf(service: Service, specs: readonly AlertSpec[]): Tested[] {
  return specs.flatMap((spec) => {
    // What somebody states under the name of one of ours is theirs to test.
    const alert = service.alerts.find(({ name, expression }) => name === spec.name && expression === spec.expression);
    return alert === undefined ? [] : [{ spec, alert }];
  });
}

function isOfObjective({ labels }: AlertSpec): boolean {
  return labels?.['objective'] !== undefined;
}

function alertTest(service: Service, tested: Tested): object {
  const { spec } = tested;
  const { series, quietAt, firesAt, alsoFiresAt = -1, resolvedAt } = spec.scenario;
  const at = (minute: number, fires: boolean) => (minute < 0 ? [] : [expectation(service, tested, minute, fires)]);
  return {
    name: `${spec.name} fires and resolves`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [...at(quietAt, false), ...at(firesAt, true), ...at(alsoFiresAt, true), ...at(resolvedAt, false)],
  };
}

function expectation(service: Service, { spec, alert }: Tested, minute: number, fires: boolean): object {
  const labels = { ...spec.scenario.labels, ...alert.labelsOn(service) };
  return {
    eval_time: `${minute}m`,
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
