import { Counter } from 'prom-client';
import type { Metrics } from '../metrics/metrics.js';

/** What becomes of the errors that Sentry is told of; there from the start, so that a query finds a zero instead of nothing. */
export class EventMetrics {
  readonly #events: Counter<'outcome'>;

  constructor(metrics: Metrics) {
    this.#events = new Counter({
      name: 'error_events_total',
      help: 'Errors that Sentry was to be told of, by what became of them',
      labelNames: ['outcome'],
      registers: [metrics],
    });
    this.#events.inc({ outcome: 'sent' }, 0);
    this.#events.inc({ outcome: 'dropped' }, 0);
  }

  sent(): void {
    this.#events.inc({ outcome: 'sent' });
  }

  dropped(): void {
    this.#events.inc({ outcome: 'dropped' });
  }
}
