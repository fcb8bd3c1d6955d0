import type { Prisma } from '../generated/prisma/client.js';
import { notFound } from '../platform/http/problem.js';
import { returnToStock } from '../products/stock.js';
import { type Order, toOrder, withLines } from './order.js';

/** Cancelling twice is cancelling once: only the call that changes the status returns the stock. */
export async function cancelOrder(tx: Prisma.TransactionClient, id: string): Promise<Order> {
  const { count } = await tx.order.updateMany({ where: { id, status: 'placed' }, data: { status: 'cancelled' } });
  const order = await tx.order.findUnique({ where: { id }, include: withLines });
  if (!order) throw notFound(`There is no order ${id}.`);
  if (count === 1) await returnToStock(tx, order.lines);
  return toOrder(order);
}
