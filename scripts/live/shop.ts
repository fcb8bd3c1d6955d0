import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply, RunningService } from './server';

export interface Sale {
  readonly accepted: number;
  readonly refused: number;
  /** How often the service was too busy and asked to try again. */
  readonly retried: number;
  readonly other: readonly number[];
}

/** How often one order is sent before its buyer gives up. */
const PATIENCE = 10;

/** A client of the example's API. */
export class Shop {
  constructor(private readonly service: RunningService) {}

  public customer(): Promise<{ id: string }> {
    const email = `${crypto.randomUUID()}@example.com`;
    return this.created('/customers', { name: 'A customer', email });
  }

  public product(stock: number): Promise<{ id: string }> {
    const sku = `SKU-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
    return this.created('/products', { sku, name: 'A product', price: { amount: 1250, currency: 'EUR' }, stock });
  }

  public async stockOf(productId: string): Promise<number> {
    return (await this.service.call('GET', `/products/${productId}`)).body.stock;
  }

  public order(customerId: string, productId: string, quantity = 1, key: string = crypto.randomUUID()): Promise<Reply> {
    const headers = { 'idempotency-key': key };
    return this.service.call('POST', '/orders', { customerId, lines: [{ productId, quantity }] }, headers);
  }

  /** Places many orders at once. Who is told to try again does so, with the same idempotency key, as a client should. */
  public async rush(count: number, customerId: string, productId: string): Promise<Sale> {
    let retried = 0;
    const buy = async (): Promise<number> => {
      const key = crypto.randomUUID();
      for (let attempt = 1; ; attempt++) {
        const { status, headers } = await this.order(customerId, productId, 1, key);
        if (status !== 503 || attempt === PATIENCE) {
          return status;
        }
        retried += 1;
        await sleep(1000 * Number(headers.get('retry-after')));
      }
    };
    const statuses = await Promise.all(Array.from({ length: count }, buy));
    return {
      accepted: statuses.filter((status) => status === 201).length,
      refused: statuses.filter((status) => status === 409).length,
      retried,
      other: statuses.filter((status) => status !== 201 && status !== 409),
    };
  }

  /** Reads all orders of a customer, page by page. */
  public async ordersOf(customerId: string): Promise<ReadonlyArray<{ id: string }>> {
    const orders: Array<{ id: string }> = [];
    let path: string | null = `/orders?customerId=${customerId}&limit=20`;
    while (path !== null) {
      const { body }: Reply = await this.service.call('GET', path);
      orders.push(...body.items);
      path = body.next;
    }
    return orders;
  }

  private async created(path: string, body: unknown): Promise<{ id: string }> {
    const reply = await this.service.call('POST', path, body);
    if (reply.status !== 201) {
      throw new Error(`POST ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    }
    return reply.body;
  }
}
