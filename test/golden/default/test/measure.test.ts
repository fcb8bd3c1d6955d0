import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startService } from './support/service.js';
import { shopOf } from './support/shop.js';

// With probes and metrics on the public port.
const service = await startService({ PORT: '0', MANAGEMENT_PORT: '0' });
const shop = shopOf(service);

test('an order is counted when it is placed, and not when it is sent again', async () => {
  const [customer, product] = [await shop.customer(), await shop.product()];
  const order = { customerId: customer.id, lines: [{ productId: product.id, quantity: 1 }] };
  const key = randomUUID();
  await shop.order(order, key);
  await shop.order(order, key);
  await shop.order({ ...order, customerId: product.id });

  const { body } = await service.inject('/metrics');
  expect(body).toContain('orders_placed_total{currency="EUR"} 1\n');
  expect(body).toContain('orders_repeated_total 1\n');
  expect(body).toContain('order_lines_sum 1\n');
});
