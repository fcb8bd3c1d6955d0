import { isLocal } from '../config/sources.js';
import { healthEndpoints } from '../health/endpoints.js';
import { Lifecycle } from '../health/lifecycle.js';
import { ManagementServer } from '../health/management-server.js';
import { HealthMonitor } from '../health/monitor.js';
import type { Log } from '../logging/types.js';
import { packageVersion } from '../logging/version.js';
import { createMetrics, metricsEndpoint } from '../metrics/metrics.js';
import { ArchiveMetrics } from './metrics.js';

export interface Observation {
  readonly service: string;
  readonly environment: string;
  readonly host: string | undefined;
  readonly port: number;
  readonly log: Log;
}

/**
 * Runs the archive with its probes and its metrics. It is ready whatever the server and the store do: nobody sends it requests, and
 * to restart it would mend neither.
 */
export async function observed(
  { service, environment, host, port, log }: Observation,
  run: (metrics: ArchiveMetrics) => Promise<void>,
): Promise<void> {
  const [lifecycle, metrics] = [new Lifecycle(), createMetrics()];
  const monitor = new HealthMonitor(log);
  const server = new ManagementServer(
    {
      ...healthEndpoints({ service, environment, version: packageVersion(), lifecycle, monitor }),
      '/metrics': metricsEndpoint(metrics),
    },
    log,
  );
  await server.listen(port, host ?? (isLocal(environment) ? '127.0.0.1' : '0.0.0.0'));
  try {
    lifecycle.started();
    await run(new ArchiveMetrics(metrics, environment));
  } finally {
    lifecycle.draining();
    await server.close();
  }
}
