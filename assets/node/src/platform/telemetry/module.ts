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
  /** Where traces are sent; without it nothing is traced. */
  readonly otelExporterOtlpEndpoint?: string | undefined;
  /** The share of requests that are traced where the caller has not decided. */
  readonly otelTracesSamplerArg?: number;
}

export interface MeasureOptions<D> {
  /** Upper bounds of the durations of requests, in seconds. */
  readonly requestSeconds: readonly number[];
  /** What the service itself measures, by the name it has in code. */
  readonly instruments: D;
}

/** Enough to see what is usual, at a twentieth of the cost. */
const DEFAULT_RATIO = 0.05;

/** The instruments of a service, as routes, workers and jobs get them. */
export type MetricsOf<M> = M extends PlatformModule<string, infer Resource, never> ? Resource : never;

/** The module that measures: requests in and out, the runtime, health, the build, and what the service declares. */
export function measure<const D extends Readonly<Record<string, Instrument<unknown>>>>({
  requestSeconds,
  instruments,
}: MeasureOptions<D>): PlatformModule<'metrics', Instruments<D>, TelemetryConfig> {
  return {
    name: 'metrics',
    open: async ({ service, version, config, log, metrics, health, addLogContext, mask }) => {
      const { environment, otelExporterOtlpEndpoint: endpoint, otelTracesSamplerArg: ratio = DEFAULT_RATIO } = config;
      measureRuntime(metrics);
      measureBuild(metrics, { service, version, environment });
      measureHealth(metrics, health);
      const spans = new SpanMetrics(metrics);
      const tracing = endpoint
        ? await (await import('./tracing/sdk.js')).startTracing({
            service,
            version,
            environment,
            endpoint,
            ratio,
            spans,
            log,
            mask,
          })
        : undefined;
      if (tracing) addLogContext(() => tracing.logContext());
      const client = new HttpClientTelemetry(metrics, tracing);
      const guard = new Guard(metrics);
      const opened = Object.entries(instruments).map(([name, open]) => [name, open(metrics, guard)]);
      return {
        resource: Object.fromEntries(opened) as Instruments<D>,
        checks: [],
        observer: new RequestTelemetry(new HttpServerMetrics(metrics, requestSeconds), tracing),
        close: async () => {
          client.close();
          await tracing?.close();
        },
      };
    },
  };
}
