import { describe, expect, test } from 'vitest';
import { startService } from './support/service.js';
import { shopOf, UNKNOWN_ID } from './support/shop.js';

const service = await startService();
const shop = shopOf(service);

describe('placing an order', () => {
  test('takes what is ordered from stock, at the price of the moment', async () => {
    const customer = await shop.customer();
    const mug = await shop.product({ stock: 10, price: { amount: 1250, currency: 'EUR' } });
    const tea = await shop.product({ stock: 5, price: { amount: 399, currency: 'EUR' } });
    const lines = [
      { productId: tea.id, quantity: 3 },
      { productId: mug.id, quantity: 2 },
    ];

    const response = await shop.order({ customerId: customer.id, lines });

    expect(response.statusCode).toBe(201);
    const order = response.json();
    expect(order).toEqual({
      id: expect.any(String),
      customerId: customer.id,
      status: 'placed',
      lines: [
        { productId: tea.id, quantity: 3, unitPrice: tea.price },
        { productId: mug.id, quantity: 2, unitPrice: mug.price },
      ],
      total: { amount: 3697, currency: 'EUR' },
      createdAt: expect.any(String),
    });
    expect(await shop.stockOf(mug)).toBe(8);
    expect(await shop.stockOf(tea)).toBe(2);

    const location = response.headers.location;
    expect(location).toBe(`/orders/${order.id}`);
    expect((await service.inject(`/orders/${order.id}`)).json()).toEqual(order);
  });

  test('takes nothing when one line is out of stock', async () => {
    const customer = await shop.customer();
    const plenty = await shop.product({ stock: 10 });
    const scarce = await shop.product({ stock: 1 });
    const lines = [
      { productId: plenty.id, quantity: 2 },
      { productId: scarce.id, quantity: 2 },
    ];

    const response = await shop.order({ customerId: customer.id, lines });

    expect(response.statusCode).toBe(409);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({
      type: 'urn:problem-type:out-of-stock',
      shortages: [{ productId: scarce.id, ordered: 2, inStock: 1 }],
    });
    expect(await shop.stockOf(plenty)).toBe(10);
    expect(await shop.stockOf(scarce)).toBe(1);
  });

  test('names every customer and product that is not there, and takes nothing', async () => {
    const mug = await shop.product({ stock: 10 });
    const lines = [
      { productId: mug.id, quantity: 1 },
      { productId: UNKNOWN_ID, quantity: 1 },
    ];

    const response = await shop.order({ customerId: UNKNOWN_ID, lines });

    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toEqual([
      { pointer: '#/customerId', detail: 'There is no such customer' },
      { pointer: '#/lines/1/productId', detail: 'There is no such product' },
    ]);
    expect(await shop.stockOf(mug)).toBe(10);
  });

  test('refuses products in different currencies', async () => {
    const customer = await shop.customer();
    const euros = await shop.product({ price: { amount: 100, currency: 'EUR' } });
    const dollars = await shop.product({ price: { amount: 100, currency: 'USD' } });
    const lines = [euros, dollars].map(({ id }) => ({ productId: id, quantity: 1 }));

    const response = await shop.order({ customerId: customer.id, lines });

    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toMatchObject([{ pointer: '#/lines' }]);
  });

  test('reports everything that is malformed', async () => {
    const lines = [
      { productId: UNKNOWN_ID, quantity: 0 },
      { productId: 'mug', quantity: 1 },
    ];

    const response = await shop.order({ customerId: 'me', lines });

    expect(response.statusCode).toBe(400);
    expect(response.json().errors.map((error: { pointer: string }) => error.pointer)).toEqual([
      '#/customerId',
      '#/lines/0/quantity',
      '#/lines/1/productId',
    ]);
  });

  test('refuses the same product in two lines', async () => {
    const customer = await shop.customer();
    const mug = await shop.product();
    const line = { productId: mug.id, quantity: 1 };

    const response = await shop.order({ customerId: customer.id, lines: [line, line] });

    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toMatchObject([{ pointer: '#/lines' }]);
  });

  test('wants an Idempotency-Key', async () => {
    const customer = await shop.customer();
    const mug = await shop.product();
    const payload = { customerId: customer.id, lines: [{ productId: mug.id, quantity: 1 }] };

    const response = await service.inject({ method: 'POST', url: '/orders', payload });

    expect(response.statusCode).toBe(400);
    expect(response.json().errors).toMatchObject([{ header: 'idempotency-key' }]);
    expect(await shop.stockOf(mug)).toBe(10);
  });
});

describe('cancelling an order', () => {
  test('returns the stock', async () => {
    const customer = await shop.customer();
    const mug = await shop.product({ stock: 10 });
    const order = await shop.placed({ customerId: customer.id, lines: [{ productId: mug.id, quantity: 4 }] });

    const response = await shop.cancel(order);

    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({ ...order, status: 'cancelled' });
    expect(await shop.stockOf(mug)).toBe(10);
  });

  test('returns the stock once, however often it is called at the same time', async () => {
    const customer = await shop.customer();
    const mug = await shop.product({ stock: 10 });
    const order = await shop.placed({ customerId: customer.id, lines: [{ productId: mug.id, quantity: 4 }] });

    const responses = await Promise.all(Array.from({ length: 10 }, () => shop.cancel(order)));

    expect(responses.map((response) => response.statusCode)).toEqual(Array(10).fill(200));
    expect(await shop.stockOf(mug)).toBe(10);
  });

  test('does not know an order that is not there', async () => {
    expect((await shop.cancel({ id: UNKNOWN_ID })).statusCode).toBe(404);
  });
});

describe('reading orders', () => {
  test('lists those of one customer', async () => {
    const [ada, grace] = [await shop.customer(), await shop.customer()];
    const mug = await shop.product();
    const lines = [{ productId: mug.id, quantity: 1 }];
    const order = await shop.placed({ customerId: ada.id, lines });
    await shop.placed({ customerId: grace.id, lines });

    const response = await service.inject(`/orders?customerId=${ada.id}`);

    expect(response.json()).toEqual({ items: [order], next: null });
  });

  test('does not know an order that is not there', async () => {
    const response = await service.inject(`/orders/${UNKNOWN_ID}`);

    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  test('refuses an id that is none', async () => {
    expect((await service.inject('/orders/42')).statusCode).toBe(400);
  });
});
