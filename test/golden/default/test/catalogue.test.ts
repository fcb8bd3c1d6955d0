import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startService } from './support/service.js';
import { shopOf, UNKNOWN_ID } from './support/shop.js';

const service = await startService();
const shop = shopOf(service);

const post = (url: string, payload: object) => service.inject({ method: 'POST', url, payload });

test('a customer is read back as registered', async () => {
  const email = `Ada-${randomUUID()}@Example.com`;
  const response = await post('/customers', { name: ' Ada Lovelace ', email });

  expect(response.statusCode).toBe(201);
  const customer = response.json();
  expect(customer).toMatchObject({ name: 'Ada Lovelace', email: email.toLowerCase() });
  expect((await service.inject(String(response.headers.location))).json()).toEqual(customer);
});

test('an email belongs to one customer, in whatever case it is written', async () => {
  const { email } = await shop.customer();

  const response = await post('/customers', { name: 'Somebody else', email: email.toUpperCase() });

  expect(response.statusCode).toBe(409);
  expect(response.json().detail).toContain(email);
});

test('a product is read back as added', async () => {
  const product = { sku: `MUG-${Date.now()}`, name: 'Mug', price: { amount: 1999, currency: 'EUR' }, stock: 3 };
  const response = await post('/products', product);

  expect(response.statusCode).toBe(201);
  expect(response.json()).toMatchObject(product);
  expect((await service.inject(String(response.headers.location))).json()).toEqual(response.json());
});

test('an SKU belongs to one product', async () => {
  const { sku } = await shop.product();
  const response = await post('/products', { sku, name: 'Mug', price: { amount: 1, currency: 'EUR' }, stock: 3 });

  expect(response.statusCode).toBe(409);
});

test.each([
  [{ stock: -1 }, '#/stock'],
  [{ stock: 1.5 }, '#/stock'],
  [{ sku: 'lower case' }, '#/sku'],
  [{ name: '  ' }, '#/name'],
  [{ price: { amount: 19.99, currency: 'EUR' } }, '#/price/amount'],
  [{ price: { amount: 1999, currency: 'euro' } }, '#/price/currency'],
])('refuses a product with %j', async (values, pointer) => {
  const product = { sku: 'MUG-01', name: 'Mug', price: { amount: 1999, currency: 'EUR' }, stock: 3 };

  const response = await post('/products', { ...product, ...values });

  expect(response.statusCode).toBe(400);
  expect(response.json().errors).toMatchObject([{ pointer }]);
});

test.each(['/customers', '/products'])('%s does not know an id that is not there', async (url) => {
  expect((await service.inject(`${url}/${UNKNOWN_ID}`)).statusCode).toBe(404);
});
