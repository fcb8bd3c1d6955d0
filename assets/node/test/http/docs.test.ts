import { describe, expect, it } from 'vitest';
import { routes } from '../fixtures/routes.js';
import { jsonOf, startServer } from '../support/server.js';

describe('the API document', () => {
  it('is not there unless it is wanted', async () => {
    const { url } = await startServer(routes);

    expect((await fetch(`${url}/docs`)).status).toBe(404);
    expect((await fetch(`${url}/docs/json`)).status).toBe(404);
  });

  it('describes the routes and how they fail', async () => {
    const { url } = await startServer(routes, { apiDocs: true });
    const document = await jsonOf(await fetch(`${url}/docs/json`));

    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'orders', version: '1.2.3' } });
    expect(Object.keys(document['paths'])).toContain('/orders/{id}');
    expect(Object.keys(document['paths']).filter((path) => path.startsWith('/docs'))).toEqual([]);
    expect(document['paths']['/hello'].get.responses).toMatchObject({
      200: { content: { 'application/json': { schema: { properties: { hello: { type: 'string' } } } } } },
      default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    });
    expect(document['components'].schemas.Problem.required).toContain('status');
  });

  it('has a page with a policy of its own', async () => {
    const { url } = await startServer(routes, { apiDocs: true });
    const page = await fetch(`${url}/docs/`);
    const html = await page.text();

    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(html).not.toMatch(/<script>[^<]/);
    for (const [, source = ''] of html.matchAll(/(?:src|href)="(\.[^"]+)"/g)) {
      const asset = await fetch(new URL(source, `${url}/docs/`));
      expect(asset.status).toBe(200);
      await asset.arrayBuffer();
    }
    expect((await fetch(`${url}/hello`)).headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
