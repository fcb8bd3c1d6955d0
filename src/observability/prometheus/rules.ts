import type { Alert, RecordingRule, Service } from '../../service';

/** The recording rules of a service, each group evaluated at one time. */
export function recordingRulesFile(service: Service): object {
  const groups = new Map<string, RecordingRule[]>();
  for (const rule of service.recordingRules) {
    groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule]);
  }
  return {
    groups: [...groups].map(([group, rules]) => ({
      name: `${service.serviceName}-${group}`,
      rules: rules.map(({ record, expression, labels }) => ({
        record,
        expr: expression,
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
      })),
    })),
  };
}

/** The alerts of a service. */
export function alertsFile(service: Service): object {
  return {
    groups: [
      { name: `${service.serviceName}-alerts`, rules: service.alerts.map((alert) => alertRule(service, alert)) },
    ],
  };
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
