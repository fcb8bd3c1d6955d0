import { expect, test } from 'vitest';
import { startService } from './support/service.js';
import { shopOf } from './support/shop.js';

const service = await startService();
const shop = shopOf(service);

test('50 concurrent orders for 20 pieces sell 20 pieces', async () => {
  const customer = await shop.customer();
  const mug = await shop.product({ stock: 20 });
  const order = { customerId: customer.id, lines: [{ productId: mug.id, quantity: 1 }] };

  const responses = await Promise.all(Array.from({ length: 50 }, () => shop.order(order)));

  const statuses = responses.map((response) => response.statusCode);
  expect(statuses.filter((status) => status === 201)).toHaveLength(20);
  expect(statuses.filter((status) => status === 409)).toHaveLength(30);
  expect(await shop.stockOf(mug)).toBe(0);
});

test('concurrent orders of the same products in opposite order do not deadlock', async () => {
  const customer = await shop.customer();
  const products = [await shop.product({ stock: 50 }), await shop.product({ stock: 50 })];
  const lines = products.map(({ id }) => ({ productId: id, quantity: 1 }));

  const responses = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      shop.order({ customerId: customer.id, lines: i % 2 === 0 ? lines : lines.toReversed() }),
    ),
  );

  expect(responses.map((response) => response.statusCode)).toEqual(Array(50).fill(201));
  expect(await Promise.all(products.map(shop.stockOf))).toEqual([0, 0]);
});

test('orders and cancellations at the same time leave the stock that is left', async () => {
  const customer = await shop.customer();
  const mug = await shop.product({ stock: 30 });
  const order = { customerId: customer.id, lines: [{ productId: mug.id, quantity: 1 }] };
  const placed = await Promise.all(Array.from({ length: 20 }, () => shop.placed(order)));

  await Promise.all(placed.flatMap((one, i) => (i % 2 === 0 ? [shop.cancel(one)] : [shop.order(order)])));

  expect(await shop.stockOf(mug)).toBe(10);
});
