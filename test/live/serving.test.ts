import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { attempt } from '../../scripts/live/command';
import { type HeldDatabase, holdDatabase } from '../../scripts/live/database';
import { task } from '../../scripts/live/newborn';
import { freePort, type Reply, RunningService } from '../../scripts/live/server';
import { Shop } from '../../scripts/live/shop';
import { startTraffic } from '../../scripts/live/traffic';
import { Wire } from '../../scripts/live/wire';
import { newborns } from './support/newborns';

const COMMAND: [string, ...string[]] = ['node', '--enable-source-maps', 'dist/main.js'];
const UNLIMITED = { RATE_LIMIT_MAX: '1000000' };

let folder: string;
let database: HeldDatabase;

beforeAll(async () => {
  folder = newborns().postgresql;
  database = await holdDatabase(folder);
  await task(folder, 'db:migrate');
});

afterAll(() => database.release());

async function start(env: Record<string, string> = {}, expected?: number): Promise<RunningService> {
  const service = await RunningService.start(folder, COMMAND, { DATABASE_URL: database.url, ...env }, expected);
  onTestFinished(async () => {
    await service.stop('SIGKILL');
  });
  return service;
}

describe('probes', () => {
  const paths = ['/livez', '/readyz', '/startupz', '/health'];

  test('are answered on the management port only', async () => {
    const service = await start();
    expect(await Promise.all(paths.map((path) => service.probe(path)))).toEqual([200, 200, 200, 200]);
    expect(await Promise.all(paths.map(async (path) => (await service.call('GET', path)).status))).toEqual([
      404, 404, 404, 404,
    ]);
  });

  test('are answered on the public port where the two are the same', async () => {
    const port = `${await freePort()}`;
    const service = await start({ PORT: port, MANAGEMENT_PORT: port });
    expect(await Promise.all(paths.map(async (path) => (await service.call('GET', path)).status))).toEqual([
      200, 200, 200, 200,
    ]);
  });
});

describe('every answer', () => {
  const headers = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };

  function expectHardened(reply: Reply, status: number): void {
    expect(reply.status).toBe(status);
    expect(Object.fromEntries(reply.headers)).toMatchObject(headers);
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(reply.headers.get('server')).toBeNull();
    if (status >= 400) {
      expect(reply.headers.get('content-type')).toBe('application/problem+json');
      expect(reply.body).toMatchObject({
        status,
        title: expect.any(String),
        requestId: reply.headers.get('x-request-id'),
      });
    }
  }

  test('has the security headers: 200, 404, 413', async () => {
    const service = await start({ BODY_LIMIT: '1024' });
    expectHardened(await service.call('GET', '/products'), 200);
    expectHardened(await service.call('GET', '/nothing'), 404);
    expectHardened(await service.call('POST', '/orders', { text: 'x'.repeat(2000) }), 413);
  });

  test('has the security headers: 429, which counts what is not found too', async () => {
    const service = await start({ RATE_LIMIT_MAX: '3', RATE_LIMIT_WINDOW: '1m' });
    await Promise.all([1, 2, 3].map(() => service.call('GET', '/nothing')));
    const refused = await service.call('GET', '/products');
    expectHardened(refused, 429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('has the security headers: 500, which tells nothing of its cause', async () => {
    const url = new URL(database.url);
    url.pathname = '/template1';
    // A database without a table: no migration was applied to it, which readiness says too.
    const service = await start({ DATABASE_URL: url.href }, 503);
    const failed = await service.call('GET', '/products');
    expectHardened(failed, 500);
    expect(failed.body.detail).toBeUndefined();
    expect(JSON.stringify(failed.body)).not.toMatch(/prisma|relation|table|select/i);
  });
});

test('a database that goes away under load: requests fail fast, readiness says so, and both recover by themselves', async () => {
  const target = new URL(database.url);
  const wire = await Wire.to(Number(target.port));
  onTestFinished(() => wire.cut());
  target.port = `${wire.port}`;
  const service = await start({ ...UNLIMITED, DATABASE_URL: target.href });
  const shop = new Shop(service);
  const customer = await shop.customer();
  const product = await shop.product(1_000_000);
  const buyers = rushOf(8, () => shop.order(customer.id, product.id));

  await buyers.untilAnswered(50);
  await wire.cut();
  await service.waitUntil((status) => status === 503);
  expect(await service.probe('/livez')).toBe(200);
  const refused = await service.call('GET', '/products');
  expect(refused).toMatchObject({ status: 503, body: { title: 'Service Unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('2');
  await buyers.untilAnswered(100);

  await wire.mend();
  await service.waitUntil((status) => status === 200);
  expect((await service.call('GET', '/products')).status).toBe(200);
  await buyers.untilAnswered(150);
  const { statuses, types, slowest } = await buyers.stop();
  expect(statuses, service.output()).toEqual(new Set([201, 503]));
  expect(types).toEqual(new Set(['application/json; charset=utf-8', 'application/problem+json']));
  expect(slowest).toBeLessThan(10_000);
  expect(await service.stop()).toBe(0);
});

/** Clients that go on asking until they are told to stop. */
function rushOf(clients: number, ask: () => Promise<Reply>) {
  let open = true;
  let answered = 0;
  const seen = { statuses: new Set<number>(), types: new Set<string | null>(), slowest: 0 };
  const client = async (): Promise<void> => {
    while (open) {
      const begun = performance.now();
      const { status, headers } = await ask();
      seen.slowest = Math.max(seen.slowest, performance.now() - begun);
      seen.statuses.add(status);
      seen.types.add(headers.get('content-type'));
      answered += 1;
      // A refusal comes at once; nobody asks again that fast.
      await sleep(status < 400 ? 0 : 20);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  all.catch(() => {
    open = false;
  });
  return {
    untilAnswered: async (count: number) => {
      while (open && answered < count) {
        await sleep(20);
      }
    },
    stop: async () => {
      open = false;
      await all;
      return seen;
    },
  };
}

describe('a service that cannot start', () => {
  const startFails = (env: Record<string, string | undefined>) =>
    attempt(COMMAND[0], COMMAND.slice(1), { cwd: folder, env, timeout: 30_000 });

  test.each(['PORT', 'MANAGEMENT_PORT'])('says that %s is in use, in one line', async (variable) => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as { port: number };
    const ports = { PORT: `${await freePort()}`, MANAGEMENT_PORT: `${await freePort()}` };
    const { code, output } = await startFails({
      APP_ENV: 'dev',
      LOG_LEVEL: 'error',
      DATABASE_URL: database.url,
      ...ports,
      [variable]: `${port}`,
    });
    expect(output.trim()).toBe(
      `orders could not start: port ${port} on 127.0.0.1 is in use: stop what listens there, or set ${variable} to another port`,
    );
    expect(code).toBe(1);
  });

  test('lists every problem of its configuration and prints no secret', async () => {
    const secret = 'mysql://root:hunter2@db/orders';
    const { code, output } = await startFails({
      APP_ENV: 'prod',
      DATABASE_URL: secret,
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
    });
    expect(code).toBe(78);
    for (const name of ['DATABASE_URL', 'PORT', 'LOG_LEVEL']) {
      expect(output).toContain(name);
    }
    expect(output).toContain('3 problems');
    expect(output).not.toContain('hunter2');
  });
});

describe('a signal under load', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s loses nothing', async (signal) => {
    const service = await start({ ...UNLIMITED, SHUTDOWN_DELAY: '5s' });
    const load = startTraffic(`${service.url}/products`, `${service.managementUrl}/readyz`, 8);
    await sleep(1000);
    expect(await service.stop(signal)).toBe(0);
    const { answered, lost, failed } = await load.stop();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    // Each connection got more than its first answer.
    expect(answered).toBeGreaterThan(2 * 8);
  });
});

describe('orders over HTTP', () => {
  test('120 at once for a stock of 50: 50 are accepted', async () => {
    const shop = new Shop(await start(UNLIMITED));
    const [customer, product] = [await shop.customer(), await shop.product(50)];
    expect(await shop.rush(120, customer.id, product.id)).toMatchObject({ accepted: 50, refused: 70, other: [] });
    expect(await shop.stockOf(product.id)).toBe(0);
    expect(await shop.ordersOf(customer.id)).toHaveLength(50);
  });

  test('one idempotency key, many requests at once: one order', async () => {
    const shop = new Shop(await start(UNLIMITED));
    const [customer, product] = [await shop.customer(), await shop.product(10)];
    const key = crypto.randomUUID();
    const replies = await Promise.all(Array.from({ length: 5 }, () => shop.order(customer.id, product.id, 1, key)));
    const again = await shop.order(customer.id, product.id, 1, key);
    const accepted = [...replies, again].filter(({ status }) => status === 201);
    expect(again.status).toBe(201);
    expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
    expect(await shop.stockOf(product.id)).toBe(9);
    expect((await shop.order(customer.id, product.id, 2, key)).status).toBe(422);
  });
});
