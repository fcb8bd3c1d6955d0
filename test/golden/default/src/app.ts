import type { App } from './platform/index.js';
import { customerRoutes } from './routes/customers.js';
import { orderRoutes } from './routes/orders.js';
import { productRoutes } from './routes/products.js';

export async function app(app: App): Promise<void> {
  await app.register(customerRoutes);
  await app.register(productRoutes);
  await app.register(orderRoutes);
}
