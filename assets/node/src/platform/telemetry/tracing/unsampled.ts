import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';
import { type Scope, scopes } from '../scope.js';

const ids = new RandomIdGenerator();

/** A request that is not recorded: ids for its log line and for whom it calls, and a context only once somebody asks for one. */
export class UnsampledScope implements Scope {
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId = ids.generateSpanId();
  readonly #caller: SpanContext | undefined;
  #trace: Context | undefined;

  constructor(requestId: string, caller: SpanContext | undefined) {
    this.requestId = requestId;
    this.traceId = caller?.traceId ?? ids.generateTraceId();
    this.#caller = caller;
  }

  get trace(): Context {
    this.#trace ??= trace.setSpanContext(ROOT_CONTEXT, {
      traceId: this.traceId,
      spanId: this.spanId,
      traceFlags: TraceFlags.NONE,
      ...(this.#caller?.traceState ? { traceState: this.#caller.traceState } : {}),
    });
    return this.#trace;
  }
}

/** Whether what happens now belongs to a trace that somebody decided not to record. */
export function isUnrecorded(): boolean {
  const scope = scopes.getStore();
  if (scope === undefined) return false;
  if (scope instanceof UnsampledScope) return true;
  const span = trace.getSpanContext((scope.trace as Context | undefined) ?? ROOT_CONTEXT);
  return span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) === 0;
}
