import type { App } from './platform/index.js';
import { helloRoutes } from './routes/hello.js';

export async function app(app: App): Promise<void> {
  await app.register(helloRoutes);
}
