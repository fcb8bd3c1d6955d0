import { Registry } from 'prom-client';
import type { Endpoint } from '../health/endpoints.js';

/** What one process measures. Register with `registers: [metrics]`, so that tests and processes keep theirs apart. */
export type Metrics = Registry;

export function createMetrics(): Metrics {
  return new Registry();
}

/** The exposition that Prometheus scrapes. */
export function metricsEndpoint(metrics: Metrics): Endpoint {
  return async (_request, response) => {
    const body = await metrics.metrics();
    response
      .writeHead(200, { 'content-type': metrics.contentType, 'content-length': Buffer.byteLength(body) })
      .end(body);
  };
}
