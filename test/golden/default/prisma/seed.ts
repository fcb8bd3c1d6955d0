import type { Prisma } from '../src/generated/prisma/client.js';
import { job } from '../src/platform/index.js';

const customers: Prisma.CustomerCreateInput[] = [
  { id: '01900000-0000-7000-8000-0000000000c1', name: 'Ada Lovelace', email: 'ada@example.com' },
  { id: '01900000-0000-7000-8000-0000000000c2', name: 'Grace Hopper', email: 'grace@example.com' },
];

const products: Prisma.ProductCreateInput[] = [
  { id: '01900000-0000-7000-8000-0000000000a1', sku: 'MUG-01', name: 'Mug', price: 1250, currency: 'EUR', stock: 100 },
  { id: '01900000-0000-7000-8000-0000000000a2', sku: 'TEA-01', name: 'Tea', price: 399, currency: 'EUR', stock: 500 },
  { id: '01900000-0000-7000-8000-0000000000a3', sku: 'POT-01', name: 'Pot', price: 4900, currency: 'EUR', stock: 5 },
];

/** Adds what is missing and leaves alone what is there: run it as often as you like. */
await job('seed', async ({ log, resources: { prisma } }) => {
  for (const customer of customers) {
    await prisma.customer.upsert({ where: { email: customer.email }, create: customer, update: {} });
  }
  for (const product of products) {
    await prisma.product.upsert({ where: { sku: product.sku }, create: product, update: {} });
  }
  log.info({ customers: customers.length, products: products.length }, 'seeded');
});
