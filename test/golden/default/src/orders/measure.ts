import type { App } from '../platform/index.js';
import type { Order } from './order.js';

/** What the business asks about orders; requests, errors and durations are measured anyway. */
export function measureOrder({ metrics }: App, { total, lines }: Order, repeated: boolean): void {
  if (repeated) {
    metrics.ordersRepeated.inc();
  } else {
    metrics.ordersPlaced.inc({ currency: total.currency });
    metrics.orderLines.observe(lines.length);
  }
}
