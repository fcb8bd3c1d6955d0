import { type Span, SpanStatusCode } from '@opentelemetry/api';

const recorded = new WeakSet<object>();

/** Marks the span as failed; the error itself is recorded in the innermost one that it passed through, and in no other. */
export function recordError(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  const known = typeof error === 'object' && error !== null;
  if (known && recorded.has(error)) return;
  if (known) recorded.add(error);
  const { name, code, stack = '' }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  span.setAttribute('error.type', code ?? name);
  // Without its message, which quotes values more often than not; the log has it, where secrets are masked.
  span.recordException({ name, stack: framesOf(stack) });
}

function framesOf(stack: string): string {
  const first = stack.search(/^ {4}at /m);
  return first < 0 ? '' : stack.slice(first);
}
