import type { Alert, Service } from '../../service';
import type { AlertSpec } from '../alerts';

/**
 * `promtool test rules`: each alert that this library brings fires, does not fire, resolves, and is silent without data.
 *
 * @param specs the alerts with the series that make them fire
 */
export function alertTestsFile(service: Service, specs: readonly AlertSpec[]): object {
  const tested = specs.flatMap((spec) => {
    // What somebody states under the name of one of ours is theirs to test.
    const alert = service.alerts.find(({ name, expression }) => name === spec.name && expression === spec.expression);
    return alert === undefined ? [] : [{ spec, alert }];
  });
  return {
    rule_files: ['../rules/recording.yaml', '../rules/alerts.yaml'],
    evaluation_interval: '1m',
    tests: [
      ...tested.map(({ spec, alert }) => alertTest(service, spec, alert)),
      {
        name: 'Without any data, nothing fires but what is about the lack of it',
        interval: '1m',
        input_series: [],
        alert_rule_test: tested.map(({ spec, alert }) =>
          expectation(service, spec, alert, 60, spec.scenario.firesWithoutData ?? false),
        ),
      },
    ],
  };
}

function alertTest(service: Service, spec: AlertSpec, alert: Alert): object {
  const { series, quietAt, firesAt, resolvedAt } = spec.scenario;
  const at = (minute: number, fires: boolean) => (minute < 0 ? [] : [expectation(service, spec, alert, minute, fires)]);
  return {
    name: `${spec.name} fires and resolves`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [...at(quietAt, false), ...at(firesAt, true), ...at(resolvedAt, false)],
  };
}

function expectation(service: Service, spec: AlertSpec, alert: Alert, minute: number, fires: boolean): object {
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
