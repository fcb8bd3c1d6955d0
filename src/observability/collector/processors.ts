/** Whoever is first refuses what there is no memory for; whoever sends it tries again. */
export const PROCESSORS = ['memory_limiter', 'resource', 'redaction'];

/** What every signal goes through before it leaves. */
export const processors = {
  memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
  resource: {
    attributes: [{ key: 'deployment.environment.name', action: 'insert', value: '${env:DEPLOYMENT_ENVIRONMENT:-dev}' }],
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
};

/** Its own metrics by the names that Prometheus has for them: without this, counters do not end in `_total` here. */
const NAMING = { without_type_suffix: false, without_units: false, without_scope_info: true };

/** What the collector says of itself. */
export const telemetry = {
  metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888, ...NAMING } } } }] },
  logs: { encoding: 'json' },
};

export const HEALTH = { health_check: { endpoint: '0.0.0.0:13133' } };
