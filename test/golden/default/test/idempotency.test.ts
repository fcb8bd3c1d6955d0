import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { forgetKeysBefore } from '../src/shared/idempotency.js';
import { startService } from './support/service.js';
import { shopOf } from './support/shop.js';

const service = await startService();
const shop = shopOf(service);

async function newOrder(stock = 10) {
  const customer = await shop.customer();
  const product = await shop.product({ stock });
  return { product, order: { customerId: customer.id, lines: [{ productId: product.id, quantity: 1 }] } };
}

test('the same key and order is answered as the first time, even after the order was cancelled', async () => {
  const { product, order } = await newOrder();
  const key = randomUUID();
  const first = await shop.order(order, key);
  await shop.cancel(first.json());

  const second = await shop.order(order, key);

  expect(second.statusCode).toBe(201);
  expect(second.headers.location).toBe(first.headers.location);
  expect(second.body).toBe(first.body);
  expect(await shop.stockOf(product)).toBe(10);
});

test('the same key with another order is refused', async () => {
  const { product, order } = await newOrder();
  const key = randomUUID();
  await shop.order(order, key);

  const response = await shop.order({ ...order, lines: [{ productId: product.id, quantity: 2 }] }, key);

  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({ type: 'urn:problem-type:idempotency-key-reused' });
  expect(await shop.stockOf(product)).toBe(9);
});

test('keys that differ in case only are different keys', async () => {
  const { product, order } = await newOrder();
  const key = randomUUID();

  await shop.order(order, `${key}-a`);
  await shop.order(order, `${key}-A`);

  expect(await shop.stockOf(product)).toBe(8);
});

test('concurrent duplicates place one order and are all answered with it', async () => {
  const { product, order } = await newOrder();
  const key = randomUUID();

  const responses = await Promise.all(Array.from({ length: 20 }, () => shop.order(order, key)));

  expect(responses.map((response) => response.statusCode)).toEqual(Array(20).fill(201));
  expect(new Set(responses.map((response) => response.body)).size).toBe(1);
  expect(await shop.stockOf(product)).toBe(9);
});

test('the last piece is not refused to the duplicate of the request that got it', async () => {
  const { product, order } = await newOrder(1);
  const key = randomUUID();

  const responses = await Promise.all(Array.from({ length: 10 }, () => shop.order(order, key)));

  expect(responses.map((response) => response.statusCode)).toEqual(Array(10).fill(201));
  expect(await shop.stockOf(product)).toBe(0);
});

test('a request that failed may be sent again with its key', async () => {
  const { product, order } = await newOrder(1);
  const winner = await shop.placed(order);
  const key = randomUUID();

  const tooLate = await shop.order(order, key);
  await shop.cancel(winner);
  const again = await shop.order(order, key);

  expect(tooLate.statusCode).toBe(409);
  expect(again.statusCode).toBe(201);
  expect(await shop.stockOf(product)).toBe(0);
});

test('a key that was forgotten is a new key', async () => {
  const { product, order } = await newOrder();
  const key = randomUUID();
  await shop.order(order, key);

  await forgetKeysBefore(service.prisma, new Date(Date.now() + 1000));
  await shop.order(order, key);

  expect(await shop.stockOf(product)).toBe(8);
});

test.each(['', 'two words', 'x'.repeat(129)])('%j is no key', async (key) => {
  const { order } = await newOrder();

  expect((await shop.order(order, key)).statusCode).toBe(400);
});
