import { type Alert, Metric, type Service, type ServiceProcess } from '../../service';
import type { Blueprint } from '../blueprint';
import { head } from './scaling';

const DEFAULT_NAMESPACE = 'monitoring';
const DEFAULT_LABELS = { 'app.kubernetes.io/name': 'prometheus' };

/** The Prometheus that scrapes the pods, where there is one. */
export function prometheusOf({ options }: Blueprint) {
  const operator = options.prometheusOperator;
  return operator === undefined
    ? undefined
    : {
        namespace: operator.namespace ?? DEFAULT_NAMESPACE,
        podLabels: operator.podLabels ?? DEFAULT_LABELS,
        selectorLabels: operator.selectorLabels ?? {},
      };
}

/** Pods are scraped as such, so that processes without a Service are too. */
export function podMonitor(blueprint: Blueprint, process: ServiceProcess): any {
  const prometheus = prometheusOf(blueprint);
  if (prometheus === undefined) {
    return undefined;
  }
  const { metadata, ...rest } = head('monitoring.coreos.com/v1', 'PodMonitor', blueprint, process) as any;
  return {
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, ...prometheus.selectorLabels } },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      podTargetLabels: [
        'app.kubernetes.io/component',
        ...(blueprint.rollsOut(process) ? ['rollouts-pod-template-hash'] : []),
      ],
      selector: { matchLabels: blueprint.selectorOf(process) },
      podMetricsEndpoints: [
        {
          port: blueprint.managementPortName(process),
          path: '/metrics',
          interval: '15s',
          scrapeTimeout: '10s',
        },
      ],
      sampleLimit: Metric._SAMPLE_LIMIT,
    },
  };
}

/** Has the hosts asked from outside, as their callers do; the job is that of alerts about certificates. */
export function outsideProbe(blueprint: Blueprint, environment?: string): object | undefined {
  const { front, options } = blueprint;
  const { prober, selectorLabels = {} } = options.prometheusOperator ?? {};
  if (prober === undefined || front === undefined || blueprint.isCalledInside) {
    return undefined;
  }
  const { metadata, ...rest } = head('monitoring.coreos.com/v1', 'Probe', blueprint, front) as any;
  return {
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, ...selectorLabels } },
    spec: {
      jobName: `${blueprint.service.serviceName}-probe`,
      interval: '60s',
      module: 'http_2xx',
      prober: { url: prober },
      targets: { staticConfig: { static: blueprint.probedHostsOf(environment).map((host) => `https://${host}/`) } },
    },
  };
}

/** Every recording rule and alert of the service, for Prometheus's operator. */
export function prometheusRule(blueprint: Blueprint): object | undefined {
  const prometheus = prometheusOf(blueprint);
  const groups = [...recordingGroups(blueprint.service), ...alertGroups(blueprint.service)];
  return prometheus === undefined || groups.length === 0
    ? undefined
    : {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: { name: blueprint.name, labels: prometheus.selectorLabels },
        spec: { groups },
      };
}

/** Recording rules by group. */
function recordingGroups(service: Service): object[] {
  const groups = new Map<string, object[]>();
  for (const { group, record, expression, labels } of service.recordingRules) {
    groups.set(group, [...(groups.get(group) ?? []), { record, expr: expression, ...nonEmpty(labels) }]);
  }
  return [...groups].map(([name, rules]) => ({ name: `${service.serviceName}-${name}`, rules }));
}

function nonEmpty(labels: Record<string, string>): object {
  return Object.keys(labels).length > 0 ? { labels } : {};
}

function alertGroups(service: Service): object[] {
  const rules = service.alerts.map((alert) => alertRule(service, alert));
  return rules.length > 0 ? [{ name: `${service.serviceName}-alerts`, rules }] : [];
}

function alertRule(service: Service, alert: Alert): object {
  return {
    alert: alert.name,
    expr: alert.expression,
    ...(alert.pending.toMillis() === 0 ? {} : { for: alert.pending.toString() }),
    labels: alert.labelsOn(service),
    annotations: alert.annotationsOn(service),
  };
}
