import { Counter, Registry } from 'prom-client';
import type { Endpoint } from '../health/endpoints.js';
import { openMetrics } from './open-metrics.js';

/** What one process measures. Register with `registers: [metrics]`, so that tests and processes keep theirs apart. */
export type Metrics = Registry;

export function createMetrics(): Metrics {
  return new Registry();
}

/** Whether the log is whole: where lines are missing, their number is not. */
export function measureLog(metrics: Metrics, dropped: () => number): void {
  new Counter({
    name: 'log_lines_dropped_total',
    help: 'Log lines that were lost because whoever reads them had fallen behind',
    registers: [metrics],
    collect() {
      this.reset();
      this.inc(dropped());
    },
  });
}

/** The exposition that Prometheus scrapes, in the format it asks for. */
export function metricsEndpoint(metrics: Metrics): Endpoint {
  return async (request, response) => {
    const { body, contentType } = request.headers.accept?.includes('application/openmetrics-text')
      ? await openMetrics(metrics)
      : { body: await metrics.metrics(), contentType: metrics.contentType };
    response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
  };
}
