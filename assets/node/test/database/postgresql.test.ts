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
  async function openPool() {
    const limits = { connectTimeout: 200, answerTimeout: 300, resultChanged: () => undefined };
    const pool = new Pool({ url: () => held.url, max: 1, ...limits });
    onTestFinished(() => pool.end());
    pool.on('error', () => undefined);
    return pool;
  }

  it('counts who waits, gives up on time, and keeps the connection that comes too late', async () => {
    const pool = await openPool();
    const held = await pool.connect();
    const begun = performance.now();
    const waits = pool.query('SELECT 1');
    expect(pool.waiting).toBe(1);
    await expect(waits).rejects.toThrow('timeout exceeded when trying to connect');
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(pool.waiting).toBe(0);
    held.release();
    expect(await pool.query('SELECT 2 AS two')).toMatchObject({ rows: [{ two: 2 }] });
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  it('gives up a connection that has no answer, and no other', async () => {
    const pool = await openPool();
    const quick = Array.from({ length: 5 }, () => pool.query('SELECT pg_sleep(0.1)'));
    await expect(pool.query('SELECT 1')).rejects.toThrow('timeout exceeded');
    await Promise.allSettled(quick);
    const client = await pool.connect();
    for (let i = 0; i < 5; i++) await client.query('SELECT pg_sleep(0.1)');
    await expect(client.query('SELECT pg_sleep(5)')).rejects.toThrow('Connection terminated');
    client.release(true);
    expect(await pool.query('SELECT 2 AS two')).toMatchObject({ rows: [{ two: 2 }] });
  });
});
