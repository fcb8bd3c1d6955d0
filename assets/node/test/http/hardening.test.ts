import { describe, expect, it } from 'vitest';
import { routes } from '../fixtures/routes.js';
import { jsonOf, startServer } from '../support/server.js';
import { exchange } from '../support/socket.js';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-request-id': expect.any(String),
};

const headersOf = (response: Response) => Object.fromEntries(response.headers);

describe('every response is hardened', () => {
  it.each<[number, string, RequestInit]>([
    [200, '/hello', {}],
    [400, '/%zz', {}],
    [404, '/nope', {}],
    [405, '/hello', { method: 'DELETE' }],
    [413, '/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: `"${'x'.repeat(2000)}"` }],
    [500, '/boom', {}],
  ])('%i', async (status, path, init) => {
    const { url } = await startServer(routes);
    const response = await fetch(url + path, init);

    expect(response.status).toBe(status);
    expect(headersOf(response)).toMatchObject(HEADERS);
  });

  it('429', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 1 });
    await fetch(`${url}/hello`);
    const response = await fetch(`${url}/hello`);

    expect(response.status).toBe(429);
    expect(headersOf(response)).toMatchObject(HEADERS);
  });

  it('tells nothing of what it is made of', async () => {
    const { url } = await startServer(routes);
    const headers = headersOf(await fetch(`${url}/hello`));

    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});

describe('the rate limit', () => {
  it('says what is left, and when it is more', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 2 });

    expect(headersOf(await fetch(`${url}/hello`))).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
    });
    await fetch(`${url}/hello`);
    const refused = await fetch(`${url}/hello`);
    expect(headersOf(refused)).toMatchObject({ 'ratelimit-remaining': '0', 'retry-after': '60' });
    expect(await refused.json()).toMatchObject({ title: 'Too Many Requests', status: 429 });
  });

  it('counts what nothing serves, too', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 1 });
    await fetch(`${url}/nope`);

    expect((await fetch(`${url}/nope`)).status).toBe(429);
  });

  it('is not fooled by a client that claims to be a proxy', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 1 });
    await fetch(`${url}/hello`, { headers: { 'x-forwarded-for': '203.0.113.1' } });
    const response = await fetch(`${url}/hello`, { headers: { 'x-forwarded-for': '203.0.113.2' } });

    expect(response.status).toBe(429);
  });

  it('counts the clients behind a trusted proxy each by itself', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 1, trustedProxies: ['127.0.0.1'] });
    const from = (address: string) => fetch(`${url}/hello`, { headers: { 'x-forwarded-for': address } });

    expect((await from('203.0.113.1')).status).toBe(200);
    expect((await from('203.0.113.2')).status).toBe(200);
    expect((await from('203.0.113.1')).status).toBe(429);
    // What a client puts before its own address is no more than a claim.
    expect((await from('198.51.100.7, 203.0.113.2')).status).toBe(429);
  });

  it('counts a network of IPv6 addresses as one client', async () => {
    const { url } = await startServer(routes, { rateLimitMax: 1, trustedProxies: ['loopback'] });
    const from = (address: string) => fetch(`${url}/hello`, { headers: { 'x-forwarded-for': address } });

    expect((await from('2001:db8::1')).status).toBe(200);
    expect((await from('2001:db8::2')).status).toBe(429);
    expect((await from('2001:db8:1::1')).status).toBe(200);
  });
});

describe('the address of the client', () => {
  const ipOf = async (url: string) =>
    (await jsonOf(await fetch(`${url}/ip`, { headers: { 'x-forwarded-for': '203.0.113.9' } })))['ip'];

  it('is that of the peer without trusted proxies', async () => {
    const { url } = await startServer(routes);

    expect(await ipOf(url)).toBe('127.0.0.1');
  });

  it.each(['127.0.0.1', '127.0.0.0/8', 'loopback'])('is what the trusted proxy %s says', async (proxy) => {
    const { url } = await startServer(routes, { trustedProxies: [proxy] });

    expect(await ipOf(url)).toBe('203.0.113.9');
  });

  it('is that of a proxy which is not the trusted one', async () => {
    const { url } = await startServer(routes, { trustedProxies: ['10.0.0.0/8'] });

    expect(await ipOf(url)).toBe('127.0.0.1');
  });
});

describe('pages of other origins', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'PUT' },
  };

  it('are let in by nothing without a list', async () => {
    const { url } = await startServer(routes);
    const response = await fetch(`${url}/hello`, { headers: { origin: 'https://shop.example' } });

    expect(Object.keys(headersOf(response)).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await fetch(`${url}/hello`, preflight)).status).toBe(405);
  });

  it('are let in from the list', async () => {
    const { url } = await startServer(routes, { corsOrigins: ['https://shop.example'] });
    const response = await fetch(`${url}/hello`, preflight);

    expect(response.status).toBe(204);
    expect(headersOf(response)).toMatchObject({
      ...HEADERS,
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': expect.stringContaining('PUT'),
    });
  });

  it('are not let in from elsewhere', async () => {
    const { url } = await startServer(routes, { corsOrigins: ['https://shop.example'] });
    const response = await fetch(`${url}/hello`, { headers: { origin: 'https://evil.example' } });

    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an idle connection', () => {
  it('is kept as long as KEEP_ALIVE_TIMEOUT says, and clients are told', async () => {
    const { url } = await startServer(routes, { keepAliveTimeout: 90_000 });
    const response = await fetch(url, { headers: { connection: 'keep-alive' } });
    await response.text();

    expect(response.headers.get('keep-alive')).toBe('timeout=90');
  });

  it('is closed after it', async () => {
    const { port } = await startServer(routes, { keepAliveTimeout: 100 });
    const began = performance.now();
    await exchange(port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n', 4000);

    expect(performance.now() - began).toBeLessThan(3000);
  });
});
