import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/platform/config/secret.js';
import { openDriver } from '../../src/platform/database/driver.postgresql.js';
import { Pool } from '../../src/platform/database/postgresql/pool.js';
import { ScratchService } from '../tools/scratch-service.js';
import { describeModule } from './module-behaviour.js';

const service = new ScratchService('postgresql');
let held: { url: string; release(): Promise<void> };

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INT PRIMARY KEY);');
  held = await service.holdDatabase();
  service.tool('cli', ['migrate']);
}, 60_000);

afterAll(async () => {
  await held.release();
  service.remove();
});

describeModule(
  'postgresql',
  service,
  () => held.url,
  (seconds) => `SELECT 1 AS x FROM pg_sleep(${seconds})`,
);

describe('a statement', () => {
  const named = (sql: string, id: number) => ({
    sql,
    args: [id],
    argTypes: [{ scalarType: 'int', arity: 'scalar' } as const],
  });
  const plain = (sql: string) => ({ sql, args: [], argTypes: [] });

  async function openAdapter() {
    const config = {
      databaseUrl: new Secret(held.url),
      databasePoolSize: 2,
      databaseConnectTimeout: 1_000,
      databaseStatementTimeout: 5_000,
    };
    const driver = openDriver(config, () => undefined);
    onTestFinished(() => driver.close());
    const adapter = await driver.adapter.connect();
    await adapter.executeScript(
      'DROP TABLE IF EXISTS kept; CREATE TABLE kept (id INT, value INT); INSERT INTO kept VALUES (1, 7)',
    );
    return adapter;
  }

  it('is kept by each session that has run it', async () => {
    const adapter = await openAdapter();
    const select = named('SELECT value FROM kept WHERE id = $1', 1);
    for (let i = 0; i < 3; i++) await adapter.queryRaw(select);
    const kept = await adapter.queryRaw(plain('SELECT name, statement FROM pg_prepared_statements'));

    expect(kept.rows).toEqual([['p0_0', select.sql]]);
  });

  it('answers as one that is not kept does', async () => {
    const adapter = await openAdapter();
    const plainPool = new pg.Pool({ connectionString: held.url, max: 1 });
    onTestFinished(() => plainPool.end());
    const usual = await new PrismaPg(plainPool).connect();
    const texts = [
      `SELECT $1::int AS a, NULL::text AS b, 1.50::numeric AS a, '2020-02-03'::date AS d, '2020-02-03 04:05:06.789+01'::timestamptz AS t,
        ARRAY[1, NULL, 3] AS list, '{"a": [1]}'::jsonb AS j, '\\x00ff'::bytea AS bytes, 9007199254740993::bigint AS big, true AS yes, 'é' AS e`,
      'SELECT n, n::text FROM generate_series(1, $1) AS n',
      'SELECT id FROM kept WHERE id < $1',
    ];
    for (const text of texts) {
      const query = named(text, 1);
      expect(await adapter.queryRaw(query)).toEqual(await usual.queryRaw(query));
      expect(await adapter.queryRaw(query)).toEqual(await usual.queryRaw(query));
    }
    expect(await adapter.executeRaw(named('INSERT INTO kept SELECT n, n FROM generate_series($1, 12) AS n', 3))).toBe(
      10,
    );
    expect(await adapter.executeRaw(named('UPDATE kept SET value = 0 WHERE id > $1', 2))).toBe(10);
    expect(await adapter.executeRaw(named('DELETE FROM kept WHERE id > $1', 99))).toBe(0);
    const failing = named('SELECT 1 / $1', 0);
    const failures = [adapter, usual].map((one) =>
      one.queryRaw(failing).then(
        () => undefined,
        ({ cause }) => cause,
      ),
    );
    expect(await failures[0]).toEqual(await failures[1]);
    const transaction = await adapter.startTransaction();
    expect((await transaction.queryRaw(named('SELECT value FROM kept WHERE id = $1', 1))).rows).toEqual([[7]]);
    await expect(transaction.queryRaw(failing)).rejects.toThrow();
    await transaction.executeRaw(plain('ROLLBACK'));
    await transaction.rollback();
    expect((await adapter.queryRaw(named('SELECT value FROM kept WHERE id = $1', 1))).rows).toEqual([[7]]);
  });

  it('whose columns a migration gives another type fails once, whatever sessions have kept it', async () => {
    const adapter = await openAdapter();
    const both = () => {
      const select = named('SELECT value, pg_sleep(0.05) IS NULL FROM kept WHERE id = $1', 1);
      return Promise.all([adapter.queryRaw(select), adapter.queryRaw(select)]);
    };
    await both();
    await adapter.executeRaw(plain('ALTER TABLE kept ALTER value TYPE TEXT'));
    await expect(
      adapter.queryRaw(named('SELECT value, pg_sleep(0.05) IS NULL FROM kept WHERE id = $1', 1)),
    ).rejects.toThrow('cached plan must not change result type');

    expect((await both()).map(({ rows }) => rows[0]?.[0])).toEqual(['7', '7']);
  });
});

describe('the pool', () => {
  async function openPool({ url = held.url, max = 1, connectTimeout = 500 } = {}) {
    const limits = { connectTimeout, answerTimeout: 300, resultChanged: () => undefined };
    const pool = new Pool({ url: () => url, max, ...limits });
    onTestFinished(async () => {
      if (!pool.ending) await pool.end();
    });
    pool.on('error', () => undefined);
    return pool;
  }

  /** A server of which nothing is heard after that greeting, not even that a connection ends. */
  async function startSilent(greeting: string) {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).once('data', () => socket.write(Buffer.from(greeting, 'hex')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { sockets, url: `postgresql://app@127.0.0.1:${(server.address() as AddressInfo).port}/app` };
  }

  /** Whoever comes is let in, and may ask. */
  const WELCOME = '520000000800000000' + '5a0000000549';

  it('counts who waits, gives up on time, and keeps the connection that comes too late', async () => {
    const pool = await openPool();
    const held = await pool.connect();
    const begun = performance.now();
    const waits = pool.query('SELECT 1');
    expect(pool.waiting).toBe(1);
    await expect(waits).rejects.toThrow('timeout exceeded when trying to connect');
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(pool.waiting).toBe(0);
    held.release();
    expect(await pool.query('SELECT 2 AS two')).toMatchObject({ rows: [{ two: 2 }] });
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  it('gives up a connection that has no answer, and no other', async () => {
    const pool = await openPool();
    const quick = Array.from({ length: 10 }, () => pool.query('SELECT pg_sleep(0.1)'));
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout exceeded');
    await Promise.allSettled(quick);
    const client = await pool.connect();
    for (let i = 0; i < 5; i++) await client.query('SELECT pg_sleep(0.1)');
    await expect(client.query('SELECT pg_sleep(5)')).rejects.toThrow('Connection terminated');
    client.release(true);
    expect(await pool.query('SELECT 2 AS two')).toMatchObject({ rows: [{ two: 2 }] });
  });

  it('goes on after thousands have given up', async () => {
    const pool = await openPool();
    const client = await pool.connect();
    const queries = await Promise.allSettled(Array.from({ length: 5_000 }, () => pool.query('SELECT 1')));
    expect(queries.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(pool.waitingCount).toBe(0);
    client.release();
    expect(await pool.query('SELECT 2 AS two')).toMatchObject({ rows: [{ two: 2 }] });
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  it('makes no connection for whoever has given up', async () => {
    const { sockets, url } = await startSilent('');
    const pool = await openPool({ url, connectTimeout: 200 });
    await Promise.allSettled(Array.from({ length: 20 }, () => pool.query('SELECT 1')));
    await sleep(1_000);
    // The second one while the others still waited.
    expect(sockets.length).toBeLessThanOrEqual(2);
    expect(pool.totalCount).toBe(0);
  });

  it('keeps connections that answer, however long all of them are in use', async () => {
    const pool = await openPool({ max: 2, connectTimeout: 10_000 });
    let lost = 0;
    pool.on('remove', () => lost++);
    const queries = Array.from({ length: 100 }, () => pool.query('SELECT pg_sleep(0.02)'));
    await Promise.all(queries);
    expect(lost).toBe(0);
    // And it notices still when one does not.
    await expect(pool.query('SELECT pg_sleep(5)')).rejects.toThrow('Connection terminated');
  });

  it('that ends tells those who wait, and waits for no server that is silent', async () => {
    const pool = await openPool({ connectTimeout: 10_000 });
    const asked = expect(pool.query('SELECT pg_sleep(5)')).rejects.toThrow('Connection terminated');
    const waits = expect(pool.query('SELECT 1')).rejects.toThrow('the pool was ended');
    await sleep(100);
    const begun = performance.now();
    await pool.end();
    expect(performance.now() - begun).toBeLessThan(3_000);
    await asked;
    await waits;
    await expect(pool.query('SELECT 1')).rejects.toThrow('after calling end');
  });

  it('that ends waits for no server that does not say goodbye', async () => {
    const { url } = await startSilent(WELCOME);
    const pool = await openPool({ url });
    const client = await pool.connect();
    const ended = pool.end();
    client.release();
    await ended;
    expect(pool.totalCount).toBe(0);
  });
});
