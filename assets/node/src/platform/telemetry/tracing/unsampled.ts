import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { type Scope, scopes } from '../scope.js';

/** 128 bits of a trace and 64 of a span, written over for each request. */
const random = Buffer.alloc(24);

/** What a trace and a span are called, in one string: to make it is most of what such a request costs. */
function newIds(): string {
  // Never all zero, which means that there is none.
  for (let at = 0; at < random.length; at += 4) random.writeUInt32BE(1 + Math.floor(Math.random() * 0xffff_ffff), at);
  return random.toString('hex');
}

/** A request that is not recorded: ids for its log line and for whom it calls, and a context only once somebody asks for one. */
export class UnsampledScope implements Scope {
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly #caller: SpanContext | undefined;
  #trace: Context | undefined;

  constructor(requestId: string, caller: SpanContext | undefined) {
    this.requestId = requestId;
    const ids = newIds();
    this.traceId = caller?.traceId ?? ids.slice(0, 32);
    this.spanId = ids.slice(32);
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
