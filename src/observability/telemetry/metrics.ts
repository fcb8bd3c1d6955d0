import {
  type Fact,
  type HistogramProps,
  type IDerivation,
  Metric,
  type MetricProps,
  MetricSource,
  type Service,
} from '../../service';
import { HTTP_MALFORMED } from '../http-metrics';

const OF_PLATFORM = { source: MetricSource.PLATFORM, statedBy: 'Observability' };

/** From what a cache answers to what a person gives up on; the bounds that objectives usually ask about are among them. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];

const CLIENT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const GC_SECONDS = [0.001, 0.01, 0.1, 1, 2, 5];

/**
 * The upper bounds of the durations of requests, in seconds: an objective about latency is a question about one of them.
 */
export function requestSeconds(service: Service): number[] {
  const asked = service.objectives.flatMap(({ latency }) => (latency === undefined ? [] : latency.toMillis() / 1000));
  return [...new Set([...REQUEST_SECONDS, ...asked])].filter((bound) => bound > 0).sort((a, b) => a - b);
}

/**
 * The duration of requests, whose buckets follow from the objectives.
 */
export const requestDuration: IDerivation = {
  derive: (stated) => [
    histogram('http_server_request_duration_seconds', {
      help: 'Time from the headers of a request to the end of its response',
      labels: ['method', 'route', 'status'],
      unit: 'seconds',
      buckets: requestSeconds(stated),
    }),
  ],
};

/**
 * What the telemetry module of a service measures; `assets/node/src/platform/telemetry` is where it does. That the two lists are
 * one is tested against a server that runs.
 */
export function telemetryMetrics(): Fact[] {
  return [...httpMetrics(), ...processMetrics(), ...nodeMetrics()];
}

function httpMetrics(): Fact[] {
  return [
    counter(HTTP_MALFORMED, {
      help: 'Requests that never became whole ones, by what their client was told',
      labels: ['status'],
    }),
    gauge('http_server_requests_in_flight', { help: 'Requests that have no response yet' }),
    histogram('http_server_request_size_bytes', {
      help: 'Size of request bodies whose length was announced',
      labels: ['method', 'route'],
      unit: 'bytes',
      buckets: BYTES,
    }),
    histogram('http_server_response_size_bytes', {
      help: 'Size of response bodies whose length was announced',
      labels: ['method', 'route'],
      unit: 'bytes',
      buckets: BYTES,
    }),
    histogram('http_client_request_duration_seconds', {
      help: 'Time until the headers of the response to an outgoing request, or until it failed',
      labels: ['host', 'method', 'status'],
      unit: 'seconds',
      buckets: CLIENT_SECONDS,
    }),
    gauge('health_check_up', { help: 'Whether the check passes', labels: ['check'] }),
    gauge('health_check_duration_seconds', {
      help: 'Time that the latest answer of the check took',
      labels: ['check'],
      unit: 'seconds',
    }),
    gauge('build_info', {
      help: 'Always 1; its labels say what runs',
      labels: ['service', 'version', 'environment'],
    }),
    counter('metric_observations_guarded_total', {
      help: 'Observations that were folded into "other" or left out, by metric',
      labels: ['metric', 'outcome'],
    }),
    counter('log_lines_dropped_total', {
      help: 'Log lines that were lost because whoever reads them had fallen behind',
    }),
    counter('trace_spans_exported_total', { help: 'Spans that the collector took' }),
    counter('trace_spans_dropped_total', {
      help: 'Spans that were lost because the collector could not be reached or the queue was full',
      labels: ['reason'],
    }),
  ];
}

/** Names and help texts are prom-client's from here on. */
function processMetrics(): Fact[] {
  const unit = { seconds: { unit: 'seconds' }, bytes: { unit: 'bytes' } };
  return [
    counter('process_cpu_user_seconds_total', { help: 'Total user CPU time spent in seconds.', ...unit.seconds }),
    counter('process_cpu_system_seconds_total', { help: 'Total system CPU time spent in seconds.', ...unit.seconds }),
    counter('process_cpu_seconds_total', { help: 'Total user and system CPU time spent in seconds.', ...unit.seconds }),
    gauge('process_start_time_seconds', {
      help: 'Start time of the process since unix epoch in seconds.',
      ...unit.seconds,
    }),
    gauge('process_resident_memory_bytes', { help: 'Resident memory size in bytes.', ...unit.bytes }),
    gauge('process_virtual_memory_bytes', { help: 'Virtual memory size in bytes.', ...unit.bytes }),
    gauge('process_heap_bytes', { help: 'Process heap size in bytes.', ...unit.bytes }),
    gauge('process_open_fds', { help: 'Number of open file descriptors.' }),
    gauge('process_max_fds', { help: 'Maximum number of open file descriptors.' }),
  ];
}

function nodeMetrics(): Fact[] {
  const lag = (name: string, help: string) => gauge(`nodejs_eventloop_lag_${name}`, { help, unit: 'seconds' });
  const memory = (name: string, help: string, labels: string[] = []) =>
    gauge(`nodejs_${name}_bytes`, { help, labels, unit: 'bytes' });
  return [
    lag('seconds', 'Lag of event loop in seconds.'),
    lag('min_seconds', 'The minimum recorded event loop delay.'),
    lag('max_seconds', 'The maximum recorded event loop delay.'),
    lag('mean_seconds', 'The mean of the recorded event loop delays.'),
    lag('stddev_seconds', 'The standard deviation of the recorded event loop delays.'),
    lag('p50_seconds', 'The 50th percentile of the recorded event loop delays.'),
    lag('p90_seconds', 'The 90th percentile of the recorded event loop delays.'),
    lag('p99_seconds', 'The 99th percentile of the recorded event loop delays.'),
    memory('heap_size_total', 'Process heap size from Node.js in bytes.'),
    memory('heap_size_used', 'Process heap size used from Node.js in bytes.'),
    memory('external_memory', 'Node.js external memory size in bytes.'),
    memory('heap_space_size_total', 'Process heap space size total from Node.js in bytes.', ['space']),
    memory('heap_space_size_used', 'Process heap space size used from Node.js in bytes.', ['space']),
    memory('heap_space_size_available', 'Process heap space size available from Node.js in bytes.', ['space']),
    gauge('nodejs_active_resources', {
      help: 'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
      labels: ['type'],
    }),
    gauge('nodejs_version_info', { help: 'Node.js version info.', labels: ['version', 'major', 'minor', 'patch'] }),
    histogram('nodejs_gc_duration_seconds', {
      help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
      labels: ['kind'],
      unit: 'seconds',
      buckets: GC_SECONDS,
    }),
  ];
}

const counter = (name: string, props: MetricProps) => Metric.counter(name, { ...props, ...OF_PLATFORM });
const gauge = (name: string, props: MetricProps) => Metric.gauge(name, { ...props, ...OF_PLATFORM });
const histogram = (name: string, props: HistogramProps) => Metric.histogram(name, { ...props, ...OF_PLATFORM });
