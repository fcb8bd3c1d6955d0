import type { Prisma, Product } from '../generated/prisma/client.js';
import { conflict, type Problem, unprocessable } from '../platform/http/problem.js';
import { type Quantity, takeFromStock } from '../products/stock.js';
import { type NewOrder, type Order, toOrder } from './order.js';

type Products = ReadonlyMap<string, Product>;

/**
 * Takes the stock before it reads anything: the products are locked from then on, so the prices it reads are the prices
 * of the order. When it throws, the caller's transaction gives the stock back.
 */
export async function placeOrder(tx: Prisma.TransactionClient, { customerId, lines }: NewOrder): Promise<Order> {
  const short = await takeFromStock(tx, lines);
  const customer = await tx.customer.findUnique({ where: { id: customerId } });
  const products = await findProducts(tx, lines);
  const { priced, currency, errors } = price(lines, products);

  if (!customer) errors.unshift({ pointer: '#/customerId', detail: 'There is no such customer' });
  if (!currency || errors.length > 0) throw unprocessable('The order cannot be placed: see errors.', { errors });
  if (short.length > 0) throw outOfStock(short, products);

  const order = await tx.order.create({ data: { customerId, currency } });
  await tx.orderLine.createMany({ data: priced.map((line) => ({ ...line, orderId: order.id })) });
  return toOrder({ ...order, lines: priced });
}

async function findProducts(tx: Prisma.TransactionClient, lines: readonly Quantity[]): Promise<Products> {
  const products = await tx.product.findMany({ where: { id: { in: lines.map((line) => line.productId) } } });
  return new Map(products.map((product) => [product.id, product]));
}

function price(lines: readonly Quantity[], products: Products) {
  const priced = [];
  const errors = [];
  for (const [position, line] of lines.entries()) {
    const product = products.get(line.productId);
    if (product) priced.push({ ...line, position, unitPrice: product.price });
    else errors.push({ pointer: `#/lines/${position}/productId`, detail: 'There is no such product' });
  }
  const [currency, ...others] = new Set([...products.values()].map((product) => product.currency));
  if (others.length > 0) errors.push({ pointer: '#/lines', detail: 'The products have to be in one currency' });
  return { priced, currency, errors };
}

function outOfStock(short: readonly Quantity[], products: Products): Problem {
  return conflict('There is less in stock than the order asks for.', {
    type: 'urn:problem-type:out-of-stock',
    title: 'Out of stock',
    shortages: short.map(({ productId, quantity }) => ({
      productId,
      ordered: quantity,
      inStock: products.get(productId)?.stock,
    })),
  });
}
