import { Counter } from 'prom-client';
import type { Metrics } from '../metrics/metrics.js';

/** Why a span never reached the collector. */
export type DropReason = 'queue_full' | 'export_failed';

/** What becomes of spans; there from the start, so that a query finds a zero instead of nothing. */
export class SpanMetrics {
  readonly #exported: Counter;
  readonly #dropped: Counter<'reason'>;

  constructor(metrics: Metrics) {
    const registers = [metrics];
    this.#exported = new Counter({
      name: 'trace_spans_exported_total',
      help: 'Spans that the collector took',
      registers,
    });
    this.#dropped = new Counter({
      name: 'trace_spans_dropped_total',
      help: 'Spans that were lost because the collector could not be reached or the queue was full',
      labelNames: ['reason'],
      registers,
    });
    this.dropped('queue_full', 0);
    this.dropped('export_failed', 0);
  }

  exported(spans: number): void {
    this.#exported.inc(spans);
  }

  dropped(reason: DropReason, spans: number): void {
    this.#dropped.inc({ reason }, spans);
  }
}
