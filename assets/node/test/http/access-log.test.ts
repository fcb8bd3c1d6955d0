import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { problems, routes } from '../fixtures/routes.js';
import { startServer } from '../support/server.js';
import { exchange } from '../support/socket.js';

const start = (requestTimeout = 5000) => startServer(routes, { requestTimeout }, { problems: [problems] });

describe('a request', () => {
  it('is one line with all there is to know', async () => {
    const { url, requests } = await start();
    const response = await fetch(`${url}/slow?ms=20`);
    const [line, ...more] = await requests(1);

    expect(more).toEqual([]);
    expect(line).toEqual({
      level: 'info',
      time: expect.any(String),
      service: 'orders',
      environment: 'test',
      version: '1.2.3',
      requestId: response.headers.get('x-request-id'),
      route: '/slow',
      method: 'GET',
      status: 200,
      durationMs: expect.any(Number),
      msg: 'request',
    });
    expect(line?.['durationMs']).toBeGreaterThan(18);
  });

  it.each([
    ['/hello', 'info', 200],
    ['/nope', 'warn', 404],
    ['/conflict', 'warn', 409],
    ['/boom', 'error', 500],
    ['/boom-string', 'error', 500],
    ['/mismatch', 'error', 500],
    ['/down', 'error', 503],
    ['/%zz', 'warn', 400],
  ])('of %s is one line of level %s', async (path, level, status) => {
    const { url, requests, lines } = await start();
    await fetch(url + path);
    await requests(1);
    await sleep(20);

    expect(lines.filter(({ msg }) => msg !== 'listening')).toMatchObject([{ level, status }]);
  });

  it('shows neither query, nor body, nor the path that nothing serves', async () => {
    const { url, requests } = await start();
    await fetch(`${url}/canary?canary=canary`);
    await fetch(`${url}/echo?token=canary`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'canary' },
      body: '{"canary":"canary"}',
    });
    const lines = await requests(2);

    expect(lines).toMatchObject([{ route: 'unmatched' }, { route: '/echo' }]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('brings the error that it ended in, with its causes', async () => {
    const { url, requests } = await start();
    await fetch(`${url}/boom`);

    expect(await requests(1)).toMatchObject([
      { error: { type: 'Error', message: 'canary', stack: expect.any(String), cause: { message: 'deeper canary' } } },
    ]);
  });

  it('brings what does not match in a response, without its values', async () => {
    const { url, requests } = await start();
    await fetch(`${url}/mismatch`);
    const [line] = await requests(1);

    expect(line?.['error']).toMatchObject({ code: 'FST_ERR_RESPONSE_SERIALIZATION' });
    expect(line?.['error'].cause.message).toContain('expected string');
    expect(JSON.stringify(line)).not.toContain('canary');
  });

  it('has lines of its own that carry its id', async () => {
    const { url, requests, lines } = await start();
    await fetch(`${url}/log`, { headers: { 'x-request-id': 'mine' } });
    await requests(1);

    expect(lines.filter(({ requestId }) => requestId === 'mine')).toMatchObject([
      { msg: 'placed', order: 7 },
      { msg: 'request' },
    ]);
  });
});

describe('a share of the lines', () => {
  const start = (accessLogSampleRatio: number) =>
    startServer(routes, { accessLogSampleRatio }, { problems: [problems] });

  it('leaves out what went well, and nothing else', async () => {
    const { url, requests } = await start(0);
    for (const path of ['/hello', '/nope', '/hello', '/boom', '/conflict']) await fetch(url + path);

    expect(await requests(3)).toMatchObject([{ status: 404 }, { status: 500 }, { status: 409 }]);
  });

  it('says which share it is', async () => {
    const { url, requests } = await start(0.5);
    for (let i = 0; i < 60; i++) await fetch(`${url}/hello`);
    await fetch(`${url}/nope`);
    const lines = await requests(2);

    expect(lines.length).toBeGreaterThan(10);
    expect(lines.length).toBeLessThan(52);
    expect(lines[0]).toMatchObject({ status: 200, sampleRatio: 0.5 });
    expect(lines.at(-1)).toMatchObject({ status: 404 });
    expect(lines.at(-1)).not.toHaveProperty('sampleRatio');
  });
});

describe('a client that hangs up', () => {
  it.each([
    ['before the response', 'GET /slow?ms=300 HTTP/1.1\r\nhost: x\r\n\r\n'],
    [
      'within the body',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('%s leaves one line', async (_when, text) => {
    const { port, requests } = await start();
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    await sleep(100);
    socket.destroy();
    await sleep(400);

    expect(await requests(1)).toMatchObject([{ level: 'warn', status: 499, aborted: true }]);
  });
});

describe('a client that is too slow', () => {
  it.each([
    ['headers', 'GET /hello HTTP/1.1\r\nhost: x\r\n', { status: 408, route: 'unmatched' }],
    [
      'body',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      { status: 408, route: '/echo' },
    ],
  ])('with its %s leaves one line', async (_what, text, line) => {
    const { port, requests } = await start(300);
    await exchange(port, text, 3000);
    await sleep(50);

    expect(await requests(1)).toMatchObject([line]);
    expect(await requests(1)).toHaveLength(1);
  });
});

it('a response that breaks off is an error, with the error', async () => {
  const { url, requests } = await start();
  await expect(fetch(`${url}/broken-stream`).then((response) => response.text())).rejects.toThrow();

  expect(await requests(1)).toMatchObject([{ level: 'error', aborted: true, error: { message: 'broke' } }]);
});
