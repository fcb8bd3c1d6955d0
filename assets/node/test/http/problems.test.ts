import { describe, expect, it } from 'vitest';
import { problems, routes } from '../fixtures/routes.js';
import { jsonOf, startServer } from '../support/server.js';
import { exchange } from '../support/socket.js';

const JSON_BODY = { 'content-type': 'application/json' };

async function start() {
  return startServer(routes, {}, { problems: [problems] });
}

interface Case {
  readonly path: string;
  readonly init?: RequestInit;
  readonly status: number;
  readonly document: Record<string, unknown>;
}

const CASES: Record<string, Case> = {
  'an unknown path': {
    path: '/nope',
    status: 404,
    document: { title: 'Not Found', detail: 'Nothing is served at this path.' },
  },
  'a method that the path does not take': {
    path: '/hello',
    init: { method: 'DELETE' },
    status: 405,
    document: { title: 'Method Not Allowed', detail: 'This path takes GET, HEAD, not DELETE.' },
  },
  'a body that is no JSON': {
    path: '/echo',
    init: { method: 'POST', headers: JSON_BODY, body: '{"a":' },
    status: 400,
    document: { title: 'Bad Request' },
  },
  'no body where JSON was announced': {
    path: '/echo',
    init: { method: 'POST', headers: JSON_BODY },
    status: 400,
    document: { title: 'Bad Request' },
  },
  'a body that poisons prototypes': {
    path: '/echo',
    init: { method: 'POST', headers: JSON_BODY, body: '{"__proto__":{"admin":true}}' },
    status: 400,
    document: { title: 'Bad Request' },
  },
  'a body that is too large': {
    path: '/echo',
    init: { method: 'POST', headers: JSON_BODY, body: JSON.stringify('x'.repeat(2000)) },
    status: 413,
    document: { title: 'Payload Too Large' },
  },
  'a media type that nothing parses': {
    path: '/echo',
    init: { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '<a/>' },
    status: 415,
    document: { title: 'Unsupported Media Type' },
  },
  'a path that does not decode': { path: '/%zz', status: 400, document: { title: 'Bad Request' } },
  'a parameter that is too long': {
    path: `/orders/${'9'.repeat(200)}`,
    init: { method: 'PUT' },
    status: 414,
    document: { title: 'URI Too Long' },
  },
  'a problem that a route throws': {
    path: '/conflict',
    status: 409,
    document: { title: 'Conflict', detail: 'Sold out.', type: 'https://example.org/sold-out', sku: 'A1' },
  },
  'an error of a module': {
    path: '/down',
    status: 503,
    document: { title: 'Service Unavailable', detail: 'The database is away.' },
  },
  'a deliberate 503': { path: '/maintenance', status: 503, document: { detail: 'Back at noon.' } },
  'an error with a status, not written for clients': {
    path: '/upstream',
    status: 403,
    document: { title: 'Forbidden' },
  },
  'an unexpected error': { path: '/boom', status: 500, document: { title: 'Internal Server Error' } },
  'something thrown that is no error': {
    path: '/boom-string',
    status: 500,
    document: { title: 'Internal Server Error' },
  },
  'a response that does not match its schema': {
    path: '/mismatch',
    status: 500,
    document: { title: 'Internal Server Error' },
  },
};

describe.each(Object.entries(CASES))('%s', (_name, { path, init, status, document }) => {
  it(`is a problem document with ${status}`, async () => {
    const { url } = await start();
    const response = await fetch(url + path, init);
    const text = await response.text();

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(text)).toMatchObject({
      type: 'about:blank',
      status,
      requestId: response.headers.get('x-request-id'),
      ...document,
    });
    expect(text).not.toContain('canary');
    expect(text).not.toContain('stack');
  });
});

describe('headers', () => {
  it('say what is allowed, and when to come back', async () => {
    const { url } = await start();

    expect((await fetch(`${url}/hello`, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/down`)).headers.get('retry-after')).toBe('2');
    expect((await fetch(`${url}/maintenance`)).headers.get('retry-after')).toBe('60');
  });
});

describe('a request that is not valid', () => {
  it('hears of every field in every part at once', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/orders/first?dryRun=perhaps`, {
      method: 'PUT',
      headers: { ...JSON_BODY, 'idempotency-key': 'no' },
      body: JSON.stringify({ lines: [{ quantity: 1 }, { quantity: 0 }, { quantity: 'two' }] }),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: 'The request is not valid: see errors.',
      errors: [
        { parameter: 'id', detail: expect.stringContaining('expected number') },
        { pointer: '#/customer', detail: expect.stringContaining('expected string') },
        { pointer: '#/lines/1/quantity', detail: expect.stringContaining('>0') },
        { pointer: '#/lines/2/quantity', detail: expect.stringContaining('expected number') },
        { parameter: 'dryRun', detail: expect.any(String) },
        { header: 'idempotency-key', detail: expect.stringContaining('UUID') },
      ],
    });
  });

  it('hears of no part that is valid', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/orders/1?dryRun=true`, {
      method: 'PUT',
      headers: { ...JSON_BODY, 'idempotency-key': crypto.randomUUID() },
      body: '[]',
    });

    expect((await jsonOf(response))['errors']).toEqual([
      { pointer: '#', detail: expect.stringContaining('expected object') },
    ]);
  });
});

describe('what never becomes a request', () => {
  it.each([
    ['broken HTTP', 'NONSENSE\r\n\r\n', 400],
    ['oversized headers', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['headers that never end', 'GET / HTTP/1.1\r\nhost: x\r\n', 408],
    [
      'a body that never ends',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      408,
    ],
  ])('%s is a problem document, and the end of the connection', async (_name, text, status) => {
    const { port } = await startServer(routes, { requestTimeout: 500 });
    const answer = await exchange(port, text, 4000);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('content-type: application/problem+json');
    expect(answer).toContain("content-security-policy: default-src 'none'; frame-ancestors 'none'");
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ type: 'about:blank', status });
  });
});
