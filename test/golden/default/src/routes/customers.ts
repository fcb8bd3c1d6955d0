import * as z from 'zod';
import { Customer, NewCustomer } from '../customers/customer.js';
import { notFound } from '../platform/http/problem.js';
import type { App } from '../platform/index.js';
import { conflictWhenTaken } from '../shared/database.js';
import { PageQuery, pageOf, paginate } from '../shared/pagination.js';

const tags = ['Customers'];
const params = z.object({ id: z.uuidv7() });

export async function customerRoutes(app: App): Promise<void> {
  app.post(
    '/customers',
    { schema: { tags, summary: 'Register a customer', body: NewCustomer, response: { 201: Customer } } },
    async ({ body }, reply) => {
      const customer = await app.prisma.customer
        .create({ data: body })
        .catch(conflictWhenTaken(`There already is a customer with the email ${body.email}.`));
      return reply.code(201).header('location', `/customers/${customer.id}`).send(customer);
    },
  );

  app.get(
    '/customers',
    { schema: { tags, summary: 'List customers', querystring: PageQuery, response: { 200: pageOf(Customer) } } },
    async (request) => paginate(request, (window) => app.prisma.customer.findMany(window)),
  );

  app.get(
    '/customers/:id',
    { schema: { tags, summary: 'Read a customer', params, response: { 200: Customer } } },
    async ({ params: { id } }) => {
      const customer = await app.prisma.customer.findUnique({ where: { id } });
      if (!customer) throw notFound(`There is no customer ${id}.`);
      return customer;
    },
  );
}
