import type { Prisma } from '../generated/prisma/client.js';

export interface Quantity {
  productId: string;
  quantity: number;
}

/**
 * Takes each quantity from stock and returns those there was too little of. The UPDATE checks and takes in one step, so
 * no piece is ever sold twice; what it took comes back when the transaction fails.
 */
export async function takeFromStock(tx: Prisma.TransactionClient, items: readonly Quantity[]): Promise<Quantity[]> {
  const short: Quantity[] = [];
  for (const item of inLockOrder(items)) {
    const { count } = await tx.product.updateMany({
      where: { id: item.productId, stock: { gte: item.quantity } },
      data: { stock: { decrement: item.quantity } },
    });
    if (count === 0) short.push(item);
  }
  return short;
}

export async function returnToStock(tx: Prisma.TransactionClient, items: readonly Quantity[]): Promise<void> {
  for (const { productId, quantity } of inLockOrder(items)) {
    await tx.product.updateMany({ where: { id: productId }, data: { stock: { increment: quantity } } });
  }
}

/** Transactions that lock the same products in the same order cannot deadlock. */
function inLockOrder(items: readonly Quantity[]): Quantity[] {
  return items.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}
