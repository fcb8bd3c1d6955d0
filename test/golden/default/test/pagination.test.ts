import { expect, test } from 'vitest';
import { startService } from './support/service.js';
import { shopOf } from './support/shop.js';

interface Page {
  items: { id: string }[];
  next: string | null;
}

const service = await startService();
const shop = shopOf(service);

const read = async (url: string) => (await service.inject(url)).json<Page>();

test('pages show every item that was there at the first page once, whatever is inserted meanwhile', async () => {
  for (let i = 0; i < 7; i += 1) await shop.product();
  const before = (await read('/products?limit=100')).items;

  const seen: Page['items'] = [];
  for (let url: string | null = '/products?limit=3'; url; ) {
    const page: Page = await read(url);
    seen.push(...page.items);
    await shop.product();
    url = page.next;
  }

  expect(seen).toEqual(before);
});

test('the next page keeps the filter and the limit', async () => {
  const [ada, grace] = [await shop.customer(), await shop.customer()];
  const product = await shop.product();
  const lines = [{ productId: product.id, quantity: 1 }];
  const first = await shop.placed({ customerId: ada.id, lines });
  await shop.placed({ customerId: grace.id, lines });
  const second = await shop.placed({ customerId: ada.id, lines });

  const newest = await read(`/orders?customerId=${ada.id}&limit=1`);
  const oldest = await read(newest.next ?? '');

  expect(newest.items).toEqual([second]);
  expect(oldest).toEqual({ items: [first], next: null });
});

test('customers are listed too', async () => {
  const customer = await shop.customer();

  expect((await read('/customers?limit=1')).items).toEqual([customer]);
});

test.each(['limit=0', 'limit=101', 'limit=many', 'cursor=%20', 'cursor=bm90LWFuLWlk'])('refuses ?%s', async (query) => {
  expect((await service.inject(`/products?${query}`)).statusCode).toBe(400);
});
