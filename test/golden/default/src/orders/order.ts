import * as z from 'zod';
import type { Prisma } from '../generated/prisma/client.js';
import { Money } from '../shared/money.js';
import { Timestamp } from '../shared/timestamp.js';

const Quantity = z.int().min(1).max(1000);

export const NewOrder = z
  .object({
    customerId: z.uuidv7(),
    lines: z
      .array(z.object({ productId: z.uuidv7(), quantity: Quantity }))
      .min(1)
      .max(50)
      .refine(everyProductOnce, 'Expected each product in one line only')
      .describe('What is ordered, each product in one line. All products have to be in the same currency.'),
  })
  .meta({
    id: 'NewOrder',
    examples: [
      {
        customerId: '01900000-0000-7000-8000-0000000000c1',
        lines: [{ productId: '01900000-0000-7000-8000-0000000000a1', quantity: 2 }],
      },
    ],
  });
export type NewOrder = z.output<typeof NewOrder>;

export const Order = z
  .object({
    id: z.uuidv7(),
    customerId: z.uuidv7(),
    status: z.enum(['placed', 'cancelled']),
    lines: z.array(z.object({ productId: z.uuidv7(), quantity: Quantity, unitPrice: Money })),
    total: Money,
    createdAt: Timestamp,
  })
  .meta({ id: 'Order' });
export type Order = z.output<typeof Order>;

/** What to load with an order to show it. */
export const withLines = { lines: { orderBy: { position: 'asc' } } } as const satisfies Prisma.OrderInclude;

type OrderRow = Omit<Order, 'lines' | 'total'> & {
  currency: string;
  lines: { productId: string; quantity: number; unitPrice: number }[];
};

export function toOrder({ currency, lines, ...row }: OrderRow): Order {
  const amount = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
  return {
    ...row,
    lines: lines.map(({ productId, quantity, unitPrice }) => ({
      productId,
      quantity,
      unitPrice: { amount: unitPrice, currency },
    })),
    total: { amount, currency },
  };
}

function everyProductOnce(lines: { productId: string }[]): boolean {
  return new Set(lines.map((line) => line.productId)).size === lines.length;
}
