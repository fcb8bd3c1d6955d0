import * as z from 'zod';
import type { App } from '../platform/index.js';

const HelloQuery = z.object({ name: z.string().trim().min(1).max(80).default('world') });
const Hello = z.object({ message: z.string() }).meta({ id: 'Hello', examples: [{ message: 'Hello, world!' }] });

export async function helloRoutes(app: App): Promise<void> {
  app.get(
    '/hello',
    { schema: { tags: ['Hello'], summary: 'Greet somebody', querystring: HelloQuery, response: { 200: Hello } } },
    async ({ query }) => ({ message: `Hello, ${query.name}!` }),
  );
}
