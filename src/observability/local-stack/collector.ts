/**
 * The OpenTelemetry collector: takes spans and log records, removes what must not leave, and passes the rest on.
 *
 * @see https://opentelemetry.io/docs/collector/configuration/
 */
export function collectorFile(): object {
  return {
    extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
    receivers: {
      otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' }, http: { endpoint: '0.0.0.0:4318' } } },
    },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
      resource: {
        attributes: [
          { key: 'deployment.environment.name', action: 'insert', value: '${env:DEPLOYMENT_ENVIRONMENT:-dev}' },
        ],
      },
      redaction: {
        allow_all_keys: true,
        // Keys whose values are never anybody's business, and values that give themselves away.
        blocked_key_patterns: ['(?i).*(password|passwd|secret|token|authorization|api[-_]?key|cookie).*'],
        blocked_values: [
          '(?i)bearer [a-z0-9._~+/=-]+',
          '[a-z][a-z0-9+.-]*://[^/\\s:@]+:[^/\\s@]+@',
          '\\b[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\\b',
          '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}',
        ],
        summary: 'silent',
      },
    },
    connectors: {
      // Who asks whom, how often, and how long it takes: Grafana draws the service graph from it.
      servicegraph: {
        store: { ttl: '10s', max_items: 10_000 },
        latency_histogram_buckets: ['10ms', '50ms', '100ms', '500ms', '1s', '5s'],
      },
    },
    exporters: {
      'otlp/traces': {
        endpoint: '${env:TRACES_ENDPOINT:-tempo:4317}',
        tls: { insecure: '${env:EXPORT_INSECURE:-false}' },
        ...DELIVERY,
      },
      'otlphttp/logs': { endpoint: '${env:LOGS_ENDPOINT:-http://loki:3100/otlp}', ...DELIVERY },
      prometheus: { endpoint: '0.0.0.0:8889' },
    },
    service: {
      extensions: ['health_check'],
      telemetry: {
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888, ...NAMING } } } }] },
        logs: { encoding: 'json' },
      },
      pipelines: {
        // Whoever is first refuses what there is no memory for; whoever sends it tries again.
        traces: { receivers: ['otlp'], processors: PROCESSORS, exporters: ['otlp/traces', 'servicegraph'] },
        logs: { receivers: ['otlp'], processors: PROCESSORS, exporters: ['otlphttp/logs'] },
        metrics: { receivers: ['servicegraph'], processors: ['memory_limiter'], exporters: ['prometheus'] },
      },
    },
  };
}

/** Its own metrics by the names that Prometheus has for them: without this, counters do not end in `_total` here. */
const NAMING = { without_type_suffix: false, without_units: false, without_scope_info: true };

const PROCESSORS = ['memory_limiter', 'resource', 'redaction'];

/** Batches are made in the queue, so that a batch that fails is tried again as it is. */
const DELIVERY = {
  sending_queue: { enabled: true, queue_size: 1000, num_consumers: 4, batch: { flush_timeout: '1s', min_size: 512 } },
  retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '5m' },
};
