import { type GuideProps, type Metric, MetricSource, type Service } from '../../service';
import { ERROR_EVENTS } from '../error-tracking/event-metric';

/**
 * The page about what the service says of itself.
 */
export const TELEMETRY_GUIDE: GuideProps = {
  title: 'Metrics, logs and traces',
  summary: 'What the service measures, logs and traces, how to add to it, and what it costs',
  statedBy: 'Observability',
  text: {
    render: (service) =>
      [
        METRICS,
        table(service),
        ADDING,
        LOGS,
        TRACES,
        ...(service.metrics.some(({ name }) => name === ERROR_EVENTS) ? [ERRORS] : []),
        TROUBLE,
      ].join('\n\n'),
  },
};

function table({ metrics }: Service): string {
  const row = ({ name, type, labels, help }: Metric) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} |`;
  const own = metrics.filter(({ source }) => source !== MetricSource.EXTERNAL);
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...own.map(row)].join('\n');
}

const METRICS = `## Metrics

Prometheus scrapes \`/metrics\` on \`MANAGEMENT_PORT\`. Every metric is declared, in \`.projenrc.ts\` or by the platform, and nothing else is exposed.
Requests are counted by the template of their route (\`/orders/:id\`), never by their path; those that match none are \`unmatched\`. Probes are not counted. The statuses of
success that a route declares, 500 and 503 are there at zero before its first request, so that its first failure is seen as one.`;

const ADDING = `### A metric of your own

Declare it, run \`npx projen\`, and use it. It is typed: a label that is missing or misspelt does not compile, and neither does a value that is none of its
\`labelValues\`.

\`\`\`ts
// .projenrc.ts
service.observability?.addCounter('orders_refunded_total', {
  help: 'Orders paid back',
  labels: ['reason'],
  labelValues: { reason: ['damaged', 'late'] },
});

// in a route; workers and jobs find it in resources.metrics
app.metrics.ordersRefunded.inc({ reason: 'damaged' });
\`\`\`

Each set of label values is a time series for good: label by what has few values (a channel, a reason), never by a user, an order or a path. A
process keeps 500 sets apart for each metric (\`labelSetLimit\`); what comes later is counted as \`other\`, and
\`metric_observations_guarded_total\` says so.

With \`labelValues\` each set is there at zero from the start. Without, it begins at 1 with its first event, and Prometheus, which sees numbers grow, does
not see that one: name the values where a single event matters.`;

const LOGS = `## Logs

One JSON object a line, on standard output.

| field | meaning |
| --- | --- |
| \`time\` | ISO 8601, UTC, milliseconds |
| \`level\` | \`trace\`, \`debug\`, \`info\`, \`warn\`, \`error\` or \`fatal\` |
| \`service\`, \`version\`, \`environment\` | what wrote it |
| \`msg\` | what happened, always the same words for the same event |
| \`requestId\` | of the request: the caller's \`X-Request-Id\` where it is acceptable, else a new one; sent back, and sent on with outgoing calls |
| \`traceId\`, \`spanId\` | where there is a collector: the trace and the span that the line was written in |
| \`sampled\` | \`true\` where the trace was recorded, so that there is something to look at |
| \`error\` | \`type\`, \`message\`, \`code\`, \`stack\`, and \`cause\` with the same again |
| \`module\`, \`process\` | the part of the platform, or the worker or job |

A request is one line, \`"msg":"request"\`, when it is over:

| field | meaning |
| --- | --- |
| \`method\`, \`route\` | the route's template; \`unmatched\` where there is none |
| \`status\` | what was sent; 499 where the client had gone before |
| \`durationMs\` | from the headers of the request to the end of the response |
| \`aborted\` | \`true\` where the client got no whole response |
| \`sampleRatio\` | where \`ACCESS_LOG_SAMPLE_RATIO\` is below 1: each such line stands for \`1 / sampleRatio\` requests |

A status of 500 and above is of level \`error\`, from 400 \`warn\`, else \`info\`. Values of secrets are masked wherever they turn up. Queries, bodies, headers and
paths that match no route are not logged. Lines are written in batches, at the latest after 200 ms; a stop and a crash write what is left, a \`SIGKILL\` loses it.
Whoever reads the log may fall 16 MB behind; lines beyond that are dropped, and counted in \`log_lines_dropped_total\`.`;

const TRACES = `## Traces

Set \`OTEL_EXPORTER_OTLP_ENDPOINT\` to the collector (\`http://collector:4318\`). Without it nothing is traced and OpenTelemetry is not even loaded.

A request is a span, with those of outgoing calls, of database statements and of commands of Redis below it. The trace of the caller goes on (W3C \`traceparent\`), and what it decided
about sampling stands; where nobody has decided, \`OTEL_TRACES_SAMPLER_ARG\` is the share that is recorded. Outgoing calls by \`fetch\` carry the trace; those by \`node:http\` from Node 24.

\`\`\`ts
import { inSpan } from './platform/telemetry/span.js';

const receipt = await inSpan('charge card', () => stripe.charge(order));
\`\`\`

An error is recorded once, in the innermost span it passed through, by type and stack; its message is in the log, where secrets are masked.`;

const ERRORS = `## Errors

Set \`SENTRY_DSN\`, a secret, to have errors in Sentry; without it nothing is sent. Each error is told once: of requests that fail with 5xx, of workers and jobs, what code logs
at level \`error\` or \`fatal\`, and what nobody caught. It has the ids of its request and its trace, and neither headers, URLs, bodies nor values of secrets. What does not arrive is counted in
\`error_events_total\`; the log has every error.`;

const TROUBLE = `## Trouble

- *"traces cannot be exported"* in the log: the collector is away. The service goes on; spans are dropped and counted in \`trace_spans_dropped_total\`.
- *A trace without its beginning*: the caller is not traced, or sends another format than W3C.
- *A request has no trace*: it was not sampled. Send \`traceparent: 00-<32 hex digits>-<16 hex digits>-01\` to have one recorded.
- *A metric is "other"*: a label has more values than \`labelSetLimit\`.`;
