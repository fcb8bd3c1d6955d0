/** Functions that read a stretch of time and only make sense of what never falls, but for restarts. */
export const OF_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets']);

/** Functions that read a stretch of time and only make sense of what rises and falls. */
export const OF_GAUGES = new Set([
  'delta',
  'idelta',
  'deriv',
  'predict_linear',
  'holt_winters',
  'double_exponential_smoothing',
]);

/** Whether a function reads a stretch of time, written as `[5m]`. */
export function readsRange(name: string): boolean {
  return OF_COUNTERS.has(name) || OF_GAUGES.has(name) || name === 'changes' || name.endsWith('_over_time');
}

/** Functions whose result has no labels. */
export const WITHOUT_LABELS = new Set(['vector', 'time', 'pi', 'scalar']);

/** Functions whose result is one number. */
export const SCALAR = new Set(['time', 'pi', 'scalar']);

/** Aggregations that pick series instead of melting them. */
export const PICKING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
