import * as z from 'zod';
import { notFound } from '../platform/http/problem.js';
import type { App } from '../platform/index.js';
import { NewProduct, Product, toProduct } from '../products/product.js';
import { conflictWhenTaken } from '../shared/database.js';
import { PageQuery, pageOf, paginate } from '../shared/pagination.js';

const tags = ['Products'];
const params = z.object({ id: z.uuidv7() });

export async function productRoutes(app: App): Promise<void> {
  app.post(
    '/products',
    { schema: { tags, summary: 'Add a product', body: NewProduct, response: { 201: Product } } },
    async ({ body: { price, ...data } }, reply) => {
      const product = await app.prisma.product
        .create({ data: { ...data, price: price.amount, currency: price.currency } })
        .catch(conflictWhenTaken(`There already is a product with the SKU ${data.sku}.`));
      return reply.code(201).header('location', `/products/${product.id}`).send(toProduct(product));
    },
  );

  app.get(
    '/products',
    { schema: { tags, summary: 'List products', querystring: PageQuery, response: { 200: pageOf(Product) } } },
    async (request) => paginate(request, async (window) => (await app.prisma.product.findMany(window)).map(toProduct)),
  );

  app.get(
    '/products/:id',
    { schema: { tags, summary: 'Read a product', params, response: { 200: Product } } },
    async ({ params: { id } }) => {
      const product = await app.prisma.product.findUnique({ where: { id } });
      if (!product) throw notFound(`There is no product ${id}.`);
      return toProduct(product);
    },
  );
}
