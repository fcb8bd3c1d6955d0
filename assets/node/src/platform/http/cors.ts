import { REQUEST_ID_HEADER } from './request-id.js';
import type { App, HttpConfig } from './types.js';

/** Lets pages of the listed origins call the service. With none listed there is nothing to load. */
export async function allowOrigins(app: App, { corsOrigins }: HttpConfig): Promise<void> {
  if (corsOrigins.length === 0) return;
  const { default: cors } = await import('@fastify/cors');
  await app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [REQUEST_ID_HEADER, 'retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
    maxAge: 600,
  });
}
