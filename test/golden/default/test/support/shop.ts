import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { Customer } from '../../src/customers/customer.js';
import type { NewOrder, Order } from '../../src/orders/order.js';
import type { App } from '../../src/platform/index.js';
import type { NewProduct, Product } from '../../src/products/product.js';

/** The id of nothing. */
export const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

type Json<Schema extends z.ZodType> = z.input<Schema>;

/** Requests that most tests begin with. */
export function shopOf(service: App) {
  const post = (url: string, payload: object, headers = {}) =>
    service.inject({ method: 'POST', url, payload, headers });

  return {
    async customer(): Promise<Json<typeof Customer>> {
      const response = await post('/customers', { name: 'Ada Lovelace', email: `${randomUUID()}@example.com` });
      return response.json();
    },

    async product(values: Partial<Json<typeof NewProduct>> = {}): Promise<Json<typeof Product>> {
      const sku = randomUUID().toUpperCase();
      const price = { amount: 1999, currency: 'EUR' };
      const response = await post('/products', { sku, name: 'Mug', price, stock: 10, ...values });
      return response.json();
    },

    async stockOf({ id }: { id: string }): Promise<number> {
      const response = await service.inject(`/products/${id}`);
      return response.json<Json<typeof Product>>().stock;
    },

    order(order: Json<typeof NewOrder>, key: string = randomUUID()) {
      return patiently(() => post('/orders', order, { 'idempotency-key': key }));
    },

    async placed(order: Json<typeof NewOrder>): Promise<Json<typeof Order>> {
      const response = await this.order(order);
      return response.json();
    },

    cancel: ({ id }: { id: string }) =>
      patiently(() => service.inject({ method: 'POST', url: `/orders/${id}/cancel` })),
  };
}

/** Sends a request again when the service is too busy for it, as on a slow machine; sending it twice does what once does. */
async function patiently<Response extends { statusCode: number }>(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await send();
    if (response.statusCode !== 503 || attempt === 10) return response;
    await sleep(500);
  }
}
