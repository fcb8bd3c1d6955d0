import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Log } from '../../logging/types.js';
import type { SpanMetrics } from '../spans.js';

/** Spans that wait for a collector which is slow or gone; what comes then is dropped, not the service. */
const MOST_WAITING = 4096;

/** Milliseconds between two batches, and after which a batch that is not taken counts as lost. */
const SEND_EVERY = 2000;
const GIVE_UP_AFTER = 10_000;

type Span = Parameters<SpanProcessor['onStart']>[0];

/** Sends spans in batches, and counts what became of each one. */
export class CountedExport implements SpanProcessor, SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #spans: SpanMetrics;
  readonly #log: Log;
  readonly #batches: SpanProcessor;
  /** Those in the queue, and those whose fate is open: the queue and what is on its way. */
  #waiting = 0;
  #open = 0;
  #failing = false;

  constructor(exporter: SpanExporter, spans: SpanMetrics, log: Log) {
    this.#exporter = exporter;
    this.#spans = spans;
    this.#log = log;
    this.#batches = new BatchSpanProcessor({
      exporter: this,
      maxQueueSize: MOST_WAITING,
      scheduledDelayMillis: SEND_EVERY,
      exportTimeoutMillis: GIVE_UP_AFTER,
    });
  }

  onStart(_span: Span, _parent: Context): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= MOST_WAITING) {
      this.#spans.dropped('queue_full', 1);
      return;
    }
    this.#waiting++;
    this.#open++;
    this.#batches.onEnd(span);
  }

  /** Called by the batches, one at a time. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#waiting -= spans.length;
    this.#exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.#taken(spans.length);
      else this.#lost(spans.length, result.error);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  /** Called twice, of itself: for the batches it is the exporter. */
  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  /** Sends what is left, as far as that can be done in so many milliseconds. */
  async close(limit: number): Promise<void> {
    const sent = this.#batches.shutdown().catch(() => undefined);
    await Promise.race([sent, sleep(limit, undefined, { ref: false })]);
    if (this.#open > 0) this.#lost(this.#open, new Error(`not taken within ${limit} ms`));
  }

  #taken(spans: number): void {
    this.#open -= spans;
    this.#spans.exported(spans);
    if (this.#failing) this.#log.info('traces are exported again');
    this.#failing = false;
  }

  #lost(spans: number, error: Error | undefined): void {
    this.#open -= spans;
    this.#spans.dropped('export_failed', spans);
    if (!this.#failing) this.#log.warn({ error }, 'traces cannot be exported; they are dropped until they can');
    this.#failing = true;
  }
}
