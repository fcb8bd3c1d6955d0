import * as z from 'zod';
import type { Prisma } from '../generated/prisma/client.js';
import { cancelOrder } from '../orders/cancel-order.js';
import { measureOrder } from '../orders/measure.js';
import { NewOrder, Order, toOrder, withLines } from '../orders/order.js';
import { placeOrder } from '../orders/place-order.js';
import { notFound } from '../platform/http/problem.js';
import type { App } from '../platform/index.js';
import { transaction } from '../shared/database.js';
import { IdempotencyHeaders, once } from '../shared/idempotency.js';
import { PageQuery, pageOf, paginate } from '../shared/pagination.js';

const tags = ['Orders'];
const params = z.object({ id: z.uuidv7() });
const OrderQuery = PageQuery.extend({ customerId: z.uuidv7().optional().describe('Only orders of this customer.') });

export async function orderRoutes(app: App): Promise<void> {
  app.post(
    '/orders',
    {
      schema: {
        tags,
        summary: 'Place an order',
        description: 'Takes the ordered quantities from stock, all of them or none.',
        headers: IdempotencyHeaders,
        body: NewOrder,
        response: { 201: Order },
      },
    },
    async (request, reply) => {
      const place = (tx: Prisma.TransactionClient) => placeOrder(tx, request.body);
      const { response: order, repeated } = await once(app.prisma, request, Order, place);
      measureOrder(app, order, repeated);
      return reply.code(201).header('location', `/orders/${order.id}`).send(order);
    },
  );

  app.get(
    '/orders',
    { schema: { tags, summary: 'List orders', querystring: OrderQuery, response: { 200: pageOf(Order) } } },
    async (request) =>
      paginate(request, async (window) => {
        const { customerId } = request.query;
        const where = { ...window.where, ...(customerId && { customerId }) };
        return (await app.prisma.order.findMany({ ...window, where, include: withLines })).map(toOrder);
      }),
  );

  app.get(
    '/orders/:id',
    { schema: { tags, summary: 'Read an order', params, response: { 200: Order } } },
    async ({ params: { id } }) => {
      const order = await app.prisma.order.findUnique({ where: { id }, include: withLines });
      if (!order) throw notFound(`There is no order ${id}.`);
      return toOrder(order);
    },
  );

  app.post(
    '/orders/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Cancel an order',
        description: 'Returns the ordered quantities to stock. Cancelling a cancelled order changes nothing.',
        params,
        response: { 200: Order },
      },
    },
    async ({ params: { id } }) => transaction(app.prisma, (tx) => cancelOrder(tx, id)),
  );
}
