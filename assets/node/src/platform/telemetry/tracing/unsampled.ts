import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';
import type { Scope } from '../scope.js';

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
