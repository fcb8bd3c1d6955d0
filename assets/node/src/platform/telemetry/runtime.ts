import { collectDefaultMetrics, Gauge } from 'prom-client';
import type { HealthMonitor } from '../health/monitor.js';
import type { Metrics } from '../metrics/metrics.js';

/** Sums of others, under names that end like those of counters; and counts that Node has no public way to ask for. */
const LEFT_OUT = [
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
];

/** Event loop, heap, garbage collection, processor and open resources, as prom-client reads them. */
export function measureRuntime(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics });
  for (const name of LEFT_OUT) metrics.removeSingleMetric(name);
}

export interface Build {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
}

/** Which version this is; what a dashboard marks deployments by. */
export function measureBuild(metrics: Metrics, { service, version, environment }: Build): void {
  new Gauge({
    name: 'build_info',
    help: 'Always 1; its labels say what runs',
    labelNames: ['service', 'version', 'environment'],
    registers: [metrics],
  }).set({ service, version, environment }, 1);
}

/** The answers of health checks, asked at a scrape as a probe would, so that they are known where nothing probes. */
export function measureHealth(metrics: Metrics, health: HealthMonitor): void {
  const common = { labelNames: ['check'], registers: [metrics] };
  new Gauge({
    name: 'health_check_up',
    help: 'Whether the check passes',
    ...common,
    async collect() {
      for (const { name, healthy } of await health.results()) this.set({ check: name }, healthy ? 1 : 0);
    },
  });
  new Gauge({
    name: 'health_check_duration_seconds',
    help: 'Time that the latest answer of the check took',
    ...common,
    async collect() {
      for (const { name, durationMs } of await health.results()) this.set({ check: name }, durationMs / 1000);
    },
  });
}
