import type { PlatformModule } from '../app/module.js';
import { HttpClientTelemetry } from './http-client.js';
import { HttpServerMetrics } from './http-server.js';
import { Guard, type Instrument, type Instruments } from './instruments.js';
import { RequestTelemetry } from './requests.js';
import { measureBuild, measureHealth, measureRuntime } from './runtime.js';
import { SpanMetrics } from './spans.js';

export { counter, gauge, histogram } from './instruments.js';

/** What telemetry reads of the configuration. */
export interface TelemetryConfig {
  readonly environment: string;
}

export interface MeasureOptions<D> {
  /** Upper bounds of the durations of requests, in seconds. */
  readonly requestSeconds: readonly number[];
  /** What the service itself measures, by the name it has in code. */
  readonly instruments: D;
}

/** The instruments of a service, as routes, workers and jobs get them. */
export type MetricsOf<M> = M extends PlatformModule<string, infer Resource, never> ? Resource : never;

/** The module that measures: requests in and out, the runtime, health, the build, and what the service declares. */
export function measure<const D extends Readonly<Record<string, Instrument<unknown>>>>({
  requestSeconds,
  instruments,
}: MeasureOptions<D>): PlatformModule<'metrics', Instruments<D>, TelemetryConfig> {
  return {
    name: 'metrics',
    open: async ({ service, version, config, metrics, health }) => {
      const { environment } = config;
      measureRuntime(metrics);
      measureBuild(metrics, { service, version, environment });
      measureHealth(metrics, health);
      new SpanMetrics(metrics);
      const client = new HttpClientTelemetry(metrics, undefined);
      const guard = new Guard(metrics);
      const opened = Object.entries(instruments).map(([name, open]) => [name, open(metrics, guard)]);
      return {
        resource: Object.fromEntries(opened) as Instruments<D>,
        checks: [],
        observer: new RequestTelemetry(new HttpServerMetrics(metrics, requestSeconds), undefined),
        close: async () => client.close(),
      };
    },
  };
}
