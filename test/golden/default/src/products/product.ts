import * as z from 'zod';
import type { Product as ProductRow } from '../generated/prisma/client.js';
import { Money } from '../shared/money.js';
import { Timestamp } from '../shared/timestamp.js';

const Sku = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,39}$/, 'Expected capital letters, digits and hyphens, like MUG-01');

export const NewProduct = z
  .object({
    sku: Sku.describe('Stock keeping unit, unique among products.'),
    name: z.string().trim().min(1).max(120),
    price: Money.extend({ amount: Money.shape.amount.max(100_000_000) }),
    stock: z.int().min(0).max(1_000_000).describe('Pieces that can be sold.'),
  })
  .meta({
    id: 'NewProduct',
    examples: [{ sku: 'MUG-01', name: 'Mug', price: { amount: 1999, currency: 'EUR' }, stock: 100 }],
  });
export type NewProduct = z.output<typeof NewProduct>;

export const Product = z
  .object({ id: z.uuidv7(), sku: Sku, name: z.string(), price: Money, stock: z.int(), createdAt: Timestamp })
  .meta({ id: 'Product' });
export type Product = z.output<typeof Product>;

export function toProduct({ price, currency, ...row }: ProductRow): Product {
  return { ...row, price: { amount: price, currency } };
}
