import {
  type Context,
  context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FastifyRequest } from 'fastify';
import type { RequestLine } from '../../http/observer.js';
import type { Log } from '../../logging/types.js';
import { type Scope, scopes } from '../scope.js';
import type { SpanMetrics } from '../spans.js';
import { ScopeContextManager } from './context-manager.js';
import { recordError } from './errors.js';
import { CountedExport } from './export.js';
import type { ClientSpan, OutgoingRequest, Tracing } from './interface.js';
import { MaskedExport } from './masked-export.js';
import { traceRedis } from './redis.js';
import { traceStatements } from './statements.js';
import { UnsampledScope } from './unsampled.js';

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  /** The collector, without a path. */
  readonly endpoint: string;
  /** The share of requests that are traced where the caller has not decided. */
  readonly ratio: number;
  readonly spans: SpanMetrics;
  readonly log: Log;
  /** Masks secrets. */
  readonly mask: (text: string) => string;
}

/** Milliseconds that the last spans have to reach the collector when the process ends. */
const LAST_CALL = 3000;

const propagator = new W3CTraceContextPropagator();

/** Starts OpenTelemetry. Imported only where there is a collector: nobody else pays for loading it. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { service, version, environment, endpoint, ratio, spans, log, mask } = options;
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: 5000 });
  const counted = new CountedExport(new MaskedExport(exporter, mask), spans, log);
  const common = {
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'deployment.environment.name': environment,
    }),
    spanProcessors: [counted],
  };
  // What begins outside of requests, such as the work of a worker.
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  const provider = new TracerProvider({ ...common, sampler });
  // Of requests only those get here that are sampled: most are not, and need not go through the SDK to find out.
  const requests = new TracerProvider({ ...common, sampler: new AlwaysOnSampler() });
  context.setGlobalContextManager(new ScopeContextManager());
  trace.setGlobalTracerProvider(provider);
  const forgetStatements = await traceStatements(provider);
  const forgetRedis = traceRedis(provider.getTracer('platform'));
  return new RunningTracing(requests.getTracer('platform'), provider.getTracer('platform'), ratio, async () => {
    forgetStatements();
    forgetRedis();
    trace.disable();
    context.disable();
    // Told to end, a process does not wait for a collector that is gone.
    await counted.close(LAST_CALL);
  });
}

class RunningTracing implements Tracing {
  readonly close: () => Promise<void>;
  readonly #requests: Tracer;
  readonly #tracer: Tracer;
  readonly #ratio: number;

  constructor(requests: Tracer, tracer: Tracer, ratio: number, close: () => Promise<void>) {
    this.#requests = requests;
    this.#tracer = tracer;
    this.#ratio = ratio;
    this.close = close;
  }

  beginServer({ id, headers, method }: FastifyRequest): Scope {
    const parent =
      headers['traceparent'] === undefined
        ? ROOT_CONTEXT
        : propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    // A header that is no trace has been left out.
    const caller = trace.getSpanContext(parent);
    // Whoever calls has decided for the whole trace; a trace with holes helps nobody.
    const sampled = caller ? (caller.traceFlags & TraceFlags.SAMPLED) !== 0 : Math.random() < this.#ratio;
    if (!sampled) return new UnsampledScope(id, caller);
    const span = this.#requests.startSpan(method, { kind: SpanKind.SERVER }, parent);
    return { requestId: id, trace: trace.setSpan(parent, span) };
  }

  endServer(scope: Scope, line: RequestLine): void {
    if (scope instanceof UnsampledScope) {
      line.traceId = scope.traceId;
      line.spanId = scope.spanId;
      return;
    }
    const span = trace.getSpan(scope.trace as Context);
    if (!span) return;
    const { traceId, spanId } = span.spanContext();
    line.traceId = traceId;
    line.spanId = spanId;
    line.sampled = true;
    const { method = '', route, status, requestId = '', error } = line;
    span.updateName(route === 'unmatched' ? method : `${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'http.request.header.x-request-id': requestId,
    });
    if (error !== undefined) recordError(span, error);
    else if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  beginClient(
    scope: Scope | undefined,
    { method, origin, host, path }: OutgoingRequest,
    addHeader: (name: string, value: string) => void,
  ): ClientSpan | undefined {
    const parent = (scope?.trace as Context | undefined) ?? ROOT_CONTEXT;
    const around = trace.getSpan(parent);
    const carrier = { set: (_: unknown, name: string, value: string) => addHeader(name, value) };
    if (around && !around.isRecording()) {
      propagator.inject(parent, undefined, carrier);
      return undefined;
    }
    const attributes = {
      'http.request.method': method,
      'server.address': host,
      // Without the query, which is where keys and names are.
      'url.full': `${origin}${path.split('?', 1)[0]}`,
    };
    const span = this.#tracer.startSpan(`${method} ${host}`, { kind: SpanKind.CLIENT, attributes }, parent);
    propagator.inject(trace.setSpan(parent, span), undefined, carrier);
    return {
      end: (status, error) => {
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        if (error) recordError(span, error);
        else if (status !== undefined && status >= 400) {
          span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  }

  isSuppressed(scope: Scope | undefined): boolean {
    return scope?.trace !== undefined && isTracingSuppressed(scope.trace as Context);
  }

  logContext(): Record<string, unknown> | undefined {
    const scope = scopes.getStore();
    const span = scope instanceof UnsampledScope ? scope : spanContextOf(scope);
    return span && { traceId: span.traceId, spanId: span.spanId };
  }
}

function spanContextOf(scope: Scope | undefined): SpanContext | undefined {
  const current = scope?.trace as Context | undefined;
  return current && trace.getSpanContext(current);
}
