import { type Fact, Metric } from '../service';

const STATED_BY = 'the example';

/**
 * What the order service counts, beyond what the platform measures of any request.
 */
export function exampleMetrics(): Fact[] {
  return [
    Metric.counter('orders_placed_total', { help: 'Orders accepted', labels: ['currency'], statedBy: STATED_BY }),
    Metric.counter('orders_repeated_total', {
      help: 'Orders that were sent again under the same key, and not placed again',
      statedBy: STATED_BY,
    }),
    Metric.histogram('order_lines', {
      help: 'Products in an accepted order',
      buckets: [1, 2, 5, 10, 20, 50],
      statedBy: STATED_BY,
    }),
  ];
}
