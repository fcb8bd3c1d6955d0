import { withProblems } from './openapi.js';
import type { App, HttpConfig } from './types.js';

/** The page loads its own scripts and styles, and calls the API it shows. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the OpenAPI document at /docs/json and a page for it at /docs. Loads nothing when it is off. */
export async function serveDocs(app: App, { apiDocs }: HttpConfig, service: string, version: string): Promise<void> {
  if (!apiDocs) return;
  const [{ default: swagger }, { default: swaggerUi }, { jsonSchemaTransform, jsonSchemaTransformObject }] =
    await Promise.all([import('@fastify/swagger'), import('@fastify/swagger-ui'), import('fastify-type-provider-zod')]);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: service, version } },
    transform: jsonSchemaTransform,
    transformObject: (document) => withProblems(jsonSchemaTransformObject(document)),
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: POLICY });
}
