import { Project } from 'projen';
import { Observability, type ObservabilityOptions } from '../../src';
import { ConfigType, ConfigVariable, Metric, MetricSource, Service, ServiceProcess } from '../../src/service';

/** Bounds in seconds of what HTTP requests take, in tests. */
export const BOUNDS = [0.005, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 2.5, 5, 10];

/**
 * A service that answers requests and measures them.
 */
export function observed(options: ObservabilityOptions = {}): { service: Service; observability: Observability } {
  const project = new Project({ name: 'orders', outdir: '/tmp/never-written' });
  const service = new Service(project, { name: 'orders', owner: 'team-shop' });
  for (const port of ['PORT', 'MANAGEMENT_PORT']) {
    service.state(new ConfigVariable(port, { type: ConfigType.integer(), description: 'A port', defaultValue: 1 }));
  }
  service.state(ServiceProcess.web('web', { command: ['node', 'main.js'], description: 'Answers' }));
  service.state(
    Metric.histogram('http_server_request_duration_seconds', {
      source: MetricSource.PLATFORM,
      help: 'Duration of requests',
      labels: ['method', 'route', 'status'],
      unit: 'seconds',
      buckets: BOUNDS,
    }),
  );
  service.state(
    Metric.gauge('http_server_requests_in_flight', {
      help: 'Requests that are being answered',
      source: MetricSource.PLATFORM,
    }),
  );
  service.state(
    Metric.gauge('process_start_time_seconds', { help: 'When the process started', source: MetricSource.PLATFORM }),
  );
  return { service, observability: new Observability(project, options) };
}
