import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedModule, PlatformModule } from '../../src/platform/app/module.js';
import { Secret } from '../../src/platform/config/secret.js';
import type { DatabaseConfig } from '../../src/platform/database/types.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';
import { contextOf } from '../support/module-context.js';
import type { Provider, ScratchService } from '../tools/scratch-service.js';
import { TcpProxy } from '../tools/tcp-proxy.js';

/** The client that the scratch service generates from its model. */
interface Client {
  note: {
    create(args: { data: { id: number } }): Promise<unknown>;
    count(): Promise<number>;
  };
  $queryRawUnsafe(sql: string): Promise<unknown>;
  $transaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

const log = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => [level, () => undefined]),
) as never;

/** What the database module does on every server; `url` is of a database with the model's table. */
export function describeModule(
  provider: Provider,
  service: ScratchService,
  url: () => string,
  sleep: (seconds: number) => string,
): void {
  let database: PlatformModule<'prisma', Client, DatabaseConfig>;
  let proxy: TcpProxy;
  let opened: OpenedModule<Client>;

  const open = async (settings: Partial<DatabaseConfig> = {}, metrics = createMetrics()) => {
    opened = await database.open(
      contextOf(
        {
          databaseUrl: new Secret(proxy.urlOf(url())),
          databasePoolSize: 2,
          databaseConnectTimeout: 1_000,
          databaseStatementTimeout: 1_500,
          ...settings,
        },
        { log, metrics },
      ),
    );
    return opened;
  };
  const check = async () => {
    const [readiness] = opened.checks;
    await readiness?.check(new AbortController().signal);
  };
  const problemOf = async (work: Promise<unknown>) => {
    const started = performance.now();
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error ?? {})) ?? '';
    expect(text).not.toMatch(/(postgresql|mysql|mariadb):\/\//);
    const { password } = new URL(url());
    if (password !== '') expect(text).not.toContain(password);
    return { status: database.problems?.(error)?.status, took: performance.now() - started };
  };

  describe(`the database module on ${provider}`, { timeout: 30_000 }, () => {
    beforeAll(async () => {
      expect(service.tool('cli', ['generate']).stderr).not.toMatch(/Error/);
      const file = pathToFileURL(join(service.root, 'src', 'platform', 'database', 'module.ts')).href;
      ({ database } = await import(/* @vite-ignore */ file));
      proxy = await TcpProxy.before(url());
    }, 60_000);

    afterEach(async () => {
      await opened.close();
      await proxy.down();
      await proxy.up();
    });

    afterAll(() => proxy.down());

    it('is ready, and answers', async () => {
      const { resource, checks } = await open();
      expect(checks).toMatchObject([
        { name: 'database', required: true, timeout: 2_000 },
        { name: 'schema', required: true, timeout: 2_000 },
      ]);
      await check();
      expect(await resource.note.count()).toBe(0);
    });

    it('measures its statements, those of transactions too, its pool and its schema', async () => {
      const metrics = createMetrics();
      const { resource } = await open({}, metrics);
      await problemOf(resource.$queryRawUnsafe('SELECT nonsense'));
      await resource.note.count();
      await resource.$transaction(async (client) => void (await client.note.count()));
      const exposed = await metrics.metrics();
      expect(exposed).toContain('database_query_duration_seconds_count{role="primary",outcome="error"} 1');
      expect(
        Number(/duration_seconds_count\{role="primary",outcome="ok"\} (\d+)/.exec(exposed)?.[1]),
      ).toBeGreaterThanOrEqual(2);
      expect(exposed).toMatch(/database_pool_connections\{role="primary",state="idle"\} [12]/);
      expect(exposed).toContain('database_pool_connections_limit{role="primary"} 2');
      expect(exposed).toContain('database_pool_waiting{role="primary"} 0');
      expect(exposed).toMatch(/database_migrations\{state="applied"\} \d/);
    });

    it('opens while the server is down, fails fast with 503, and recovers by itself', async () => {
      await proxy.down();
      const { resource } = await open();
      await expect(check()).rejects.toThrow();
      const { status, took } = await problemOf(resource.note.count());
      expect(status).toBe(503);
      expect(took).toBeLessThan(5_000);
      await proxy.up();
      await check();
      expect(await resource.note.count()).toBe(0);
    });

    it('recovers from a server that goes away under it', async () => {
      const { resource } = await open();
      await resource.note.count();
      await check();
      await proxy.down();
      expect((await problemOf(resource.note.count())).status).toBe(503);
      await proxy.up();
      await check();
      expect(await resource.note.count()).toBe(0);
    });

    it('does not wait for a server that hangs', async () => {
      const { resource } = await open();
      await resource.note.count();
      await check();
      proxy.freeze();
      const [query, ready] = await Promise.all([problemOf(resource.note.count()), problemOf(check())]);
      expect(query.status).toBe(503);
      expect(query.took).toBeLessThan(4_500);
      expect(ready.took).toBeLessThan(2_600);
      await proxy.down();
      await proxy.up();
      await check();
      expect(await resource.note.count()).toBe(0);
    });

    it('is ready while its pool is busy, and answers 503 to what finds no connection in time', async () => {
      const { resource } = await open({ databaseStatementTimeout: 10_000, databaseConnectTimeout: 300 });
      const busy = [1, 2].map(() => resource.$queryRawUnsafe(sleep(1.5)).then(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await check();
      expect(await problemOf(resource.note.count())).toMatchObject({ status: 503 });
      await Promise.all(busy);
      expect(await resource.note.count()).toBe(0);
    });

    it('cuts a statement off', async () => {
      const { resource } = await open({ databaseStatementTimeout: 500 });
      const { status, took } = await problemOf(resource.$queryRawUnsafe(sleep(8)));
      expect(status).toBe(503);
      expect(took).toBeLessThan(3_000);
    });

    it('leaves unique violations to the route', async () => {
      const { resource } = await open();
      const twice = resource.$transaction(async (client) => {
        await client.note.create({ data: { id: 1 } });
        await client.note.create({ data: { id: 1 } });
      });
      expect((await problemOf(twice)).status).toBeUndefined();
    });
  });
}
