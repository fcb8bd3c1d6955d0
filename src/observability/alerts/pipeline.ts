import { AlertSeverity, ConfigState, EnvironmentTier } from '../../service';
import { ERROR_EVENTS } from '../error-tracking/event-metric';
import type { AlertSpec, Runbook } from './alert-spec';
import { counter, gauge, missing, rarely } from './samples';
import { minutes, SHARED, type Subject, ticket } from './subject';

/** Whether telemetry itself arrives. */
export function pipelineAlerts(subject: Subject): AlertSpec[] {
  return [
    watchdog(subject),
    ...(subject.measures('trace_spans_dropped_total') ? [spansDropped(subject)] : []),
    ...(subject.measures('log_lines_dropped_total') ? [logLinesDropped(subject)] : []),
    ...(subject.measures(ERROR_EVENTS) ? [errorsUntold(subject)] : []),
    ...(subject.measures(GUARDED) ? [cardinality(subject), leftOut(subject)] : []),
    collectorQueue(),
    collectorLoses(),
    ...(collectsEverywhere(subject) ? [collectorAbsent()] : []),
    notificationsFail(),
  ];
}

/** The name of the alert that always fires. */
export const WATCHDOG = 'Watchdog';

function watchdog(subject: Subject): AlertSpec {
  return {
    name: WATCHDOG,
    severity: AlertSeverity.INFO,
    pending: minutes(0),
    summary: `${subject.name}: alerting works`,
    description:
      'This alert always fires. Who receives it raises the alarm when it stops coming: then nothing else would come either.',
    expression: 'vector(1)',
    dashboard: 'Telemetry',
    runbook: {
      name: 'watchdog',
      title: 'The watchdog is silent',
      meaning:
        'The alert `Watchdog` always fires and is sent to a heartbeat service. When that one raises the alarm, alerts do not arrive.',
      impact: 'Nobody would be told of an outage.',
      diagnosis: [
        {
          question: 'Does Prometheus run and evaluate rules?',
          query: 'sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total[5m]))',
        },
        {
          question: 'Does Alertmanager take what Prometheus sends?',
          query: 'rate(prometheus_notifications_dropped_total[5m])',
        },
        {
          question: 'Does Alertmanager reach the receivers?',
          query: 'sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))',
        },
      ],
      mitigation: [
        'Until alerts arrive again, somebody looks at the overview every few minutes.',
        'Restart what does not answer: Prometheus, Alertmanager, the way out of the network.',
      ],
    },
    scenario: {
      series: { 'up{job="prometheus"}': gauge([1, 10]) },
      quietAt: -1,
      firesAt: 5,
      resolvedAt: -1,
      firesWithoutData: true,
    },
  };
}

const PIPELINE: Runbook = {
  name: 'telemetry-pipeline',
  title: 'Telemetry is lost',
  meaning: 'Spans, log lines or notifications are dropped on their way.',
  impact:
    'Users notice nothing: the service never waits for telemetry. Whoever looks for the reason of something else misses what was lost.',
  diagnosis: [
    {
      question: 'Does the collector run, and what waits in it?',
      query: 'otelcol_exporter_queue_size / otelcol_exporter_queue_capacity',
    },
    {
      question: 'Does it fail to export spans, or log records?',
      query:
        'sum by (exporter) (rate(otelcol_exporter_send_failed_spans_total[5m])) or sum by (exporter) (rate(otelcol_exporter_send_failed_log_records_total[5m]))',
    },
    {
      question: 'Does it refuse what it gets, for lack of memory?',
      query: 'sum by (receiver) (rate(otelcol_receiver_refused_spans_total[5m]))',
    },
  ],
  mitigation: [
    'If the place it exports to is down, wait: the queue holds some minutes, and retries.',
    'If that place refuses (401, 403, 400 in the log of the collector), nothing is tried again: mend the credential or the endpoint at once.',
    `If \`OTEL_EXPORTER_OTLP_ENDPOINT\` leads to no OpenTelemetry Collector but straight to a backend (Tempo, Jaeger) or to another agent, \`CollectorAbsent\` fires for good: \`service.state(new Waiver('alert', { subject: 'CollectorAbsent', reason: 'traces go straight to Tempo' }))\` in \`.projenrc.ts\` ends it.`,
    'If there is no collector, start it; what was sent meanwhile is lost, and services count it.',
    'If it lacks memory, give it more or add another one.',
    'If there is simply too much, lower the share of requests that are traced (`OTEL_TRACES_SAMPLER_ARG`).',
  ],
};

function spansDropped(subject: Subject): AlertSpec {
  const dropped = subject.own('trace_spans_dropped_total');
  return {
    name: 'SpansDropped',
    ...ticket(minutes(20)),
    dashboard: 'Telemetry',
    summary: `${subject.name}: spans are dropped ({{ $labels.reason }})`,
    description: 'For more than five minutes, processes have lost spans instead of exporting them; traces have holes.',
    expression: `sum by (reason) (increase(${dropped}[15m])) > 0`,
    runbook: PIPELINE,
    scenario: {
      series: {
        [subject.own('trace_spans_dropped_total', 'instance="10.0.0.1:9464"', 'reason="queue_full"')]: counter(
          [0, 20],
          ...rarely(5),
          [0, 40],
        ),
      },
      quietAt: 19,
      firesAt: 45,
      resolvedAt: 90,
      labels: { reason: 'queue_full' },
    },
  };
}

function logLinesDropped(subject: Subject): AlertSpec {
  const dropped = subject.own('log_lines_dropped_total');
  return {
    name: 'LogLinesDropped',
    ...ticket(minutes(0)),
    dashboard: 'Telemetry',
    summary: `${subject.name}: log lines are dropped ({{ $labels.instance }})`,
    description:
      'Within 15 minutes, a process has lost log lines, because whoever reads its standard output does not keep up.',
    expression: `sum by (instance) (increase(${dropped}[15m])) > 0`,
    runbook: {
      name: 'log-lines-dropped',
      title: 'Log lines are dropped',
      meaning:
        'More than 16 MB of log wait for a reader: the container runtime, or what is behind it. What comes then is dropped, and counted.',
      impact:
        'Users notice nothing: the service never waits for its log. Whoever reads the log later misses those lines.',
      diagnosis: [
        { question: 'Which processes, and how much?', query: `sum by (instance) (rate(${dropped}[5m]))` },
        {
          question: 'Is it the number of requests?',
          query: `sum by (route) (rate(${subject.own('http_server_request_duration_seconds_count')}[5m]))`,
        },
      ],
      mitigation: [
        'Look at the disk of the node and at the agent that reads logs there: one of them is slow or full.',
        'If there is simply too much, write fewer lines: `LOG_LEVEL`, `ACCESS_LOG_SAMPLE_RATIO`.',
      ],
    },
    scenario: {
      series: {
        [subject.own('log_lines_dropped_total', 'instance="10.0.0.1:9464"')]: counter([0, 20], [1000, 1], [0, 60]),
      },
      quietAt: 19,
      firesAt: 25,
      resolvedAt: 40,
      labels: { instance: '10.0.0.1:9464' },
    },
  };
}

function errorsUntold(subject: Subject): AlertSpec {
  const dropped = subject.own(ERROR_EVENTS, 'outcome="dropped"');
  return {
    name: 'ErrorsUntold',
    ...ticket(minutes(5)),
    dashboard: 'Telemetry',
    summary: `${subject.name}: errors do not reach Sentry`,
    description: 'Within the last hour, Sentry has not taken an error; whoever works through them there misses some.',
    expression: `sum(increase(${dropped}[1h])) > 0`,
    runbook: {
      name: 'errors-untold',
      title: 'Errors do not reach Sentry',
      meaning: 'Sentry cannot be reached, refuses the DSN, or has had enough for now.',
      impact: 'Users notice nothing. The log has every error; Sentry does not.',
      diagnosis: [
        { question: 'Since when, and how many?', query: `sum by (outcome) (rate(${subject.own(ERROR_EVENTS)}[5m]))` },
      ],
      mitigation: [
        'Look at the quota and the status of the project in Sentry, and whether `SENTRY_DSN` is still valid.',
        'Look at the way there: the network policy lets the service out, a proxy may not.',
      ],
    },
    scenario: {
      series: {
        [subject.own(ERROR_EVENTS, 'instance="10.0.0.1:9464"', 'outcome="dropped"')]: counter([0, 20], [1, 1], [0, 90]),
      },
      quietAt: 19,
      firesAt: 30,
      resolvedAt: 85,
    },
  };
}

const GUARDED = 'metric_observations_guarded_total';

/** One observation within the hour is enough, since whoever makes it goes on making it. */
function guarded(subject: Subject, outcome: string, metric: string) {
  return {
    ...ticket(minutes(5)),
    dashboard: 'Telemetry',
    expression: `sum by (metric) (increase(${subject.own(GUARDED, `outcome="${outcome}"`)}[1h])) > 0`,
    scenario: {
      series: {
        [subject.own(GUARDED, 'instance="10.0.0.1:9464"', `metric="${metric}"`, `outcome="${outcome}"`)]: counter(
          [0, 20],
          [1, 1],
          [0, 90],
        ),
      },
      quietAt: 19,
      firesAt: 30,
      resolvedAt: 85,
      labels: { metric },
    },
  };
}

function cardinality(subject: Subject): AlertSpec {
  const folded = subject.own(GUARDED, 'outcome="folded"');
  return {
    name: 'TooManyLabelValues',
    ...guarded(subject, 'folded', 'orders_placed_total'),
    summary: `${subject.name}: {{ $labels.metric }} has more label values than it can tell apart`,
    description:
      'Within the last hour, observations were folded into "other", because a label of the metric has taken too many values, or others than those declared.',
    runbook: {
      name: 'label-values',
      title: 'A metric has too many label values',
      meaning:
        'A label of a metric takes more values than its limit, or others than its `labelValues`; those are counted as `other`.',
      impact: 'Users notice nothing. The metric no longer tells apart what its label should.',
      diagnosis: [{ question: 'Which metrics, and how much of them?', query: `sum by (metric) (rate(${folded}[5m]))` }],
      mitigation: [
        'Find the label in `.projenrc.ts`, and give it values that end: a class instead of an id.',
        'If the values are right and just many, raise `labelSetLimit` of the metric, or add to its `labelValues`.',
      ],
    },
  };
}

function leftOut(subject: Subject): AlertSpec {
  const lost = subject.own(GUARDED, 'outcome="left_out"');
  return {
    name: 'ObservationsLeftOut',
    ...guarded(subject, 'left_out', 'order_value'),
    summary: `${subject.name}: {{ $labels.metric }} is given values that nobody can count`,
    description:
      'Within the last hour, observations of the metric were left out: without one of its labels, not a number, infinite, or a counter that should fall.',
    runbook: {
      name: 'observations-left-out',
      title: 'A metric is given values that nobody can count',
      meaning:
        'Code observes what no series can take: `NaN`, an infinite number, nothing at all where a value is needed, or a negative amount for a counter.',
      impact: 'Users notice nothing. The metric is too low: what was left out is in no panel and no alert.',
      diagnosis: [
        { question: 'Which metrics, and since when?', query: `sum by (metric) (rate(${lost}[5m]))` },
        { question: 'Where is it observed? Look for its name in `src/`: `metrics.<name>`.' },
      ],
      mitigation: [
        'Look at how the value is computed: a division by zero, a field that is missing, a clock that went back.',
        'Observe nothing where there is nothing to observe, rather than a number that means nothing.',
      ],
    },
  };
}

function collectorQueue(): AlertSpec {
  const labels = { exporter: 'otlp_grpc/tempo' };
  return {
    name: 'CollectorQueueFull',
    ...SHARED,
    ...ticket(minutes(10)),
    dashboard: 'Telemetry',
    summary: 'platform: the queue of the collector for {{ $labels.exporter }} is nearly full',
    description: 'For ten minutes, the collector has taken in more than it could export. Soon it drops what comes.',
    expression:
      'max by (exporter) (otelcol_exporter_queue_size) / max by (exporter) (otelcol_exporter_queue_capacity) > 0.8',
    runbook: PIPELINE,
    scenario: {
      series: {
        'otelcol_exporter_queue_size{exporter="otlp_grpc/tempo"}': gauge([1, 20], [950, 30], [1, 20]),
        'otelcol_exporter_queue_capacity{exporter="otlp_grpc/tempo"}': gauge([1000, 70]),
      },
      quietAt: 19,
      firesAt: 40,
      resolvedAt: 60,
      labels,
    },
  };
}

/** What an exporter gives up, for each signal: refused for good, tried for too long, or never queued. */
const LOST = ['send_failed_spans', 'send_failed_log_records', 'enqueue_failed_spans', 'enqueue_failed_log_records'];

function collectorLoses(): AlertSpec {
  return {
    name: 'CollectorLosesTelemetry',
    ...SHARED,
    ...ticket(minutes(10)),
    dashboard: 'Telemetry',
    summary: 'platform: the collector loses what it should send by {{ $labels.exporter }}',
    description:
      'For ten minutes, a backend has refused spans or log records, or the collector gave them up. They are gone; its queue looks empty.',
    expression: LOST.map((what) => `sum by (exporter) (increase(otelcol_exporter_${what}_total[15m])) > 0`).join(
      '\nor\n',
    ),
    runbook: PIPELINE,
    scenario: {
      series: {
        'otelcol_exporter_send_failed_log_records_total{exporter="otlp_http/loki"}': counter(
          [0, 20],
          ...rarely(5),
          [0, 40],
        ),
      },
      quietAt: 19,
      firesAt: 40,
      resolvedAt: 90,
      labels: { exporter: 'otlp_http/loki' },
    },
  };
}

/** Whether the service knows a collector wherever it is deployed: where only some environments have one, its absence means nothing. */
function collectsEverywhere({ service }: Subject): boolean {
  const endpoint = service.tryFindConfigVariable('OTEL_EXPORTER_OTLP_ENDPOINT');
  const deployed = service.environments.filter(({ tier }) => tier !== EnvironmentTier.DEVELOPMENT);
  return (
    endpoint !== undefined &&
    deployed.length > 0 &&
    deployed.every(({ name }) => service.configState(endpoint, name) !== ConfigState.ABSENT)
  );
}

function collectorAbsent(): AlertSpec {
  return {
    name: 'CollectorAbsent',
    ...SHARED,
    ...ticket(minutes(15)),
    dashboard: 'Telemetry',
    summary: 'platform: no collector says anything of itself',
    description:
      'For 15 minutes, no collector has been seen. Traces and logs are lost, or nobody measures what passes them on.',
    expression: 'absent(otelcol_process_memory_rss_bytes)',
    runbook: PIPELINE,
    scenario: {
      series: { otelcol_process_memory_rss_bytes: `${gauge([1, 20])} ${missing(40)} ${gauge([1, 20])}` },
      quietAt: 19,
      firesAt: 45,
      resolvedAt: 70,
      firesWithoutData: true,
    },
  };
}

function notificationsFail(): AlertSpec {
  return {
    name: 'NotificationsFail',
    ...SHARED,
    ...ticket(minutes(20)),
    dashboard: 'Telemetry',
    summary: 'platform: Alertmanager does not reach {{ $labels.integration }}',
    description:
      'For more than five minutes, notifications have failed; who is asked to act there does not hear of it.',
    expression: 'sum by (integration) (increase(alertmanager_notifications_failed_total[15m])) > 0',
    runbook: PIPELINE,
    scenario: {
      series: {
        'alertmanager_notifications_failed_total{integration="slack", reason="other"}': counter(
          [0, 20],
          ...rarely(5),
          [0, 40],
        ),
      },
      quietAt: 19,
      firesAt: 45,
      resolvedAt: 90,
      labels: { integration: 'slack' },
    },
  };
}
