import diagnostics from 'node:diagnostics_channel';
import { context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { recordError } from './errors.js';

/** What ioredis and node-redis publish of a command; the latter also of a transaction, whose commands it keeps to itself. */
interface RedisCall {
  readonly command?: unknown;
  readonly batchMode?: unknown;
  readonly serverAddress?: unknown;
  readonly serverPort?: unknown;
  readonly error?: unknown;
}

const COMMANDS = ['ioredis:command', 'node-redis:command'];
const TRANSACTIONS = ['node-redis:batch'];

/**
 * Spans of what is asked of Redis, as Node's diagnostics channels tell of it: no client is patched, none is needed, and where nobody
 * publishes nothing happens. Arguments stay out: keys name customers, and values are theirs.
 */
export function traceRedis(tracer: Tracer): () => void {
  const forget = [
    ...COMMANDS.map((channel) => subscribe(tracer, channel, ({ command }) => String(command).toUpperCase())),
    ...TRANSACTIONS.map((channel) =>
      subscribe(tracer, channel, ({ batchMode }) => (batchMode === 'MULTI' ? 'MULTI' : undefined)),
    ),
  ];
  return () => {
    for (const each of forget) each();
  };
}

function subscribe(tracer: Tracer, name: string, operationOf: (call: RedisCall) => string | undefined): () => void {
  const channel = diagnostics.tracingChannel<unknown, object>(name);
  const spans = new WeakMap<object, Span>();
  const over = (call: object) => {
    spans.get(call)?.end();
    spans.delete(call);
  };
  const heard = {
    start: (call: object) => {
      const span = begin(tracer, call, operationOf(call));
      if (span) spans.set(call, span);
    },
    // What fails before it is sent has no end of its own.
    end: (call: object) => {
      if ((call as RedisCall).error !== undefined) over(call);
    },
    asyncStart: () => undefined,
    asyncEnd: over,
    error: (call: object) => {
      const span = spans.get(call);
      if (span) recordError(span, (call as RedisCall).error);
    },
  };
  channel.subscribe(heard);
  return () => channel.unsubscribe(heard);
}

/** Only within a span that is recorded: a connection that waits for work has none, and would be a trace for every wait. */
function begin(
  tracer: Tracer,
  { serverAddress, serverPort }: RedisCall,
  operation: string | undefined,
): Span | undefined {
  const parent = context.active();
  if (operation === undefined || isTracingSuppressed(parent) || !trace.getSpan(parent)?.isRecording()) return undefined;
  const attributes = {
    'db.system.name': 'redis',
    'db.operation.name': operation,
    ...(typeof serverAddress === 'string' ? { 'server.address': serverAddress } : {}),
    ...(typeof serverPort === 'number' ? { 'server.port': serverPort } : {}),
  };
  return tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }, parent);
}
