import { type Attributes, type Span, trace } from '@opentelemetry/api';
import { recordError } from './tracing/errors.js';

/**
 * Does some work in a span of its own, below that of the request or of the span around it. Costs next to nothing where nothing
 * is traced.
 *
 * @example
 * const receipt = await inSpan('charge card', () => stripe.charge(order));
 */
export async function inSpan<T>(
  name: string,
  work: (span: Span) => T | Promise<T>,
  attributes: Attributes = {},
): Promise<T> {
  return await trace.getTracer('service').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      recordError(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}
