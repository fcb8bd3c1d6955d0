import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Attributes = ReadableSpan['attributes'];
type Mask = (text: string) => string;

/** Masks secrets in spans on their way out: what a user or a library puts into an attribute is not known before. */
export class MaskedExport implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #mask: Mask;

  constructor(exporter: SpanExporter, mask: Mask) {
    this.#exporter = exporter;
    this.#mask = mask;
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(
      spans.map((span) => masked(span, this.#mask)),
      done,
    );
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }
}

/** The span itself stays as it is: other processors may have it too. */
function masked(span: ReadableSpan, mask: Mask): ReadableSpan {
  const { name, status, attributes, events } = span;
  return Object.create(span, {
    name: { value: mask(name) },
    status: { value: status.message === undefined ? status : { ...status, message: mask(status.message) } },
    attributes: { value: maskedAttributes(attributes, mask) },
    events: {
      value: events.map((event) => ({
        ...event,
        name: mask(event.name),
        ...(event.attributes && { attributes: maskedAttributes(event.attributes, mask) }),
      })),
    },
  });
}

function maskedAttributes(attributes: Attributes, mask: Mask): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map((one) => maskedValue(one, mask)) : maskedValue(value, mask),
    ]),
  ) as Attributes;
}

/** A number may be a secret too. */
function maskedValue(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  return typeof value === 'number' && mask(String(value)) !== String(value) ? mask(String(value)) : value;
}
