import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import type { Row } from '../../src/platform/migrations/session.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { ScratchService } from '../tools/scratch-service.js';
import { describeRunner, SETTINGS } from './behaviour.js';
import { eventually, startRunner } from './runners.js';

const service = new ScratchService('postgresql');
let server: { url: string; release(): Promise<void> };
const newDatabase = () => provider.create(server.url, `t_${randomUUID()}`);

beforeAll(async () => {
  server = await service.holdDatabase();
}, 60_000);

afterAll(async () => {
  await server.release();
  service.remove();
});

async function query(url: string, sql: string): Promise<Row[]> {
  const session = await driver.open(url, SETTINGS);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}

function only(id: string, sql: string, down?: string): ScratchService {
  service.clear();
  service.migration(id, sql, down);
  return service;
}

describe('the runner on PostgreSQL', { timeout: 60_000 }, () => {
  describeRunner(driver, newDatabase);

  it('applies each migration exactly once when five start together', async () => {
    const url = await newDatabase();
    only('1_log', 'CREATE TABLE log (id INT);');
    for (const id of ['2', '3', '4'])
      service.migration(`${id}_row`, `INSERT INTO log VALUES (${id}); SELECT pg_sleep(0.2);`);
    const runs = await Promise.all(Array.from({ length: 5 }, () => startRunner(service, url).done));
    expect(runs.map(({ code, output }) => [code, code === 0 ? '' : output])).toEqual(Array(5).fill([0, '']));
    expect(
      runs
        .map(({ output }) => output)
        .join('')
        .match(/^applied /gm),
    ).toHaveLength(4);
    expect(await query(url, 'SELECT id FROM log ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
  });

  it('survives kill -9 in the middle of a migration, with nothing left of it and nothing to do by hand', async () => {
    const url = await newDatabase();
    only('1_slow', 'CREATE TABLE slow (id INT); SELECT pg_sleep(3);');
    const killed = startRunner(service, url);
    await eventually(
      async () => (await query(url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")).length > 0,
    );
    await eventually(
      async () => (await query(server.url, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).length > 0,
    );
    killed.kill();
    expect((await killed.done).code).toBeNull();
    const next = await startRunner(service, url).done;
    expect(next).toMatchObject({ code: 0, output: expect.stringContaining('applied 1_slow') });
    expect(await query(url, 'SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 1 }]);
  });

  it('repeats CREATE INDEX CONCURRENTLY after kill -9, in place of the invalid index that was left', async () => {
    const url = await newDatabase();
    only('1_table', 'CREATE TABLE big (id INT);');
    expect((await startRunner(service, url).done).code).toBe(0);
    service.migration(
      '2_index',
      '-- migration: no-transaction\nCREATE INDEX CONCURRENTLY big_id ON big (id);',
      'DROP INDEX CONCURRENTLY big_id;',
    );
    const blocker = await driver.open(url, SETTINGS);
    await blocker.script('BEGIN; INSERT INTO big VALUES (1)');
    const killed = startRunner(service, url);
    await eventually(
      async () => (await query(url, "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('big_id')")).length > 0,
    );
    killed.kill();
    await killed.done;
    await eventually(async () => (await query(url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).length === 0);
    await blocker.script('COMMIT');
    await blocker.close();
    expect(await query(url, "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'big_id'::regclass")).toEqual([
      { valid: false },
    ]);
    expect((await startRunner(service, url, ['status']).done).output).toContain('STOPPED  2_index');

    expect((await startRunner(service, url).done).output).toContain('applied 2_index');
    expect(await query(url, "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'big_id'::regclass")).toEqual([
      { valid: true },
    ]);
    expect((await startRunner(service, url, ['rollback']).done).output).toContain('undone 2_index');
  });

  it('finishes the bookkeeping of an index that was complete when the runner was killed', async () => {
    const url = await newDatabase();
    only('1_table', 'CREATE TABLE big (id INT);');
    service.migration('2_index', 'CREATE INDEX CONCURRENTLY big_id ON big (id);');
    expect((await startRunner(service, url).done).code).toBe(0);
    await query(url, "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_index'");
    expect(await startRunner(service, url).done).toMatchObject({
      code: 0,
      output: expect.stringContaining('applied 2_index'),
    });
  });

  it('gives up on a table that the service holds, instead of queueing everyone behind itself', async () => {
    const url = await newDatabase();
    only('1_table', 'CREATE TABLE busy (id INT);');
    await startRunner(service, url).done;
    service.migration('2_column', 'ALTER TABLE busy ADD COLUMN n INT;');
    const holder = await driver.open(url, SETTINGS);
    await holder.script('BEGIN; SELECT * FROM busy');
    const refused = await startRunner(service, url, ['migrate'], { MIGRATION_LOCK_TIMEOUT: '300ms' }).done;
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /2_column failed: .*lock timeout[\s\S]*raise MIGRATION_LOCK_TIMEOUT[\s\S]*Nothing of it is left/,
    );
    await holder.close();
    expect((await startRunner(service, url).done).code).toBe(0);
  });

  it('explains what must not run in a transaction', async () => {
    const url = await newDatabase();
    only('1_table', 'CREATE TABLE t (id INT); CREATE INDEX CONCURRENTLY t_i ON t (id);');
    expect((await startRunner(service, url).done).output).toMatch(
      /its own that begins with the line "-- migration: no-transaction"/,
    );
  });

  it('is not led astray by a migration that changes its session', async () => {
    const url = await newDatabase();
    only('1_path', "SELECT set_config('search_path', '', false); CREATE TABLE public.a (id INT);");
    service.migration(
      '2_plain',
      "CREATE TABLE b (id INT); BEGIN; CREATE TYPE e AS ENUM ('x'); COMMIT; CREATE TABLE c (e e);",
    );
    expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    expect(
      await query(url, "SELECT 1 FROM pg_tables WHERE tablename IN ('a', 'b', 'c') AND schemaname = 'public'"),
    ).toHaveLength(3);
  });

  it("works in the schema that the URL names, with Prisma's table beside the others", async () => {
    const url = await newDatabase();
    await query(url, 'CREATE SCHEMA "odd name"');
    only('1_table', 'CREATE TABLE t (id INT);', 'DROP TABLE t;');
    const inSchema = `${url}?schema=odd%20name`;
    expect(await startRunner(service, inSchema).done).toMatchObject({ code: 0 });
    expect(await query(url, "SELECT tablename AS t FROM pg_tables WHERE schemaname = 'odd name' ORDER BY 1")).toEqual([
      { t: '_migration_journal' },
      { t: '_prisma_migrations' },
      { t: 't' },
    ]);
    expect(await startRunner(service, inSchema, ['rollback']).done).toMatchObject({ code: 0 });
  });
});

describe('what stands in the way on PostgreSQL', { timeout: 60_000 }, () => {
  const cases: [string, () => Promise<string>, RegExp][] = [
    ['nobody listens', async () => 'postgresql://u:hush@127.0.0.1:1/d', /at 127\.0\.0\.1:1\/d cannot be reached/],
    ['a wrong password', async () => server.url.replace(/:[^:@]+@/, ':hush@'), /refused the credentials/],
    ['no such database', async () => provider.beside(server.url, 'hush'), /has no such database/],
    [
      'another kind of database',
      async () => 'mysql://u:hush@h/d',
      /begins with "mysql:", but this service uses postgresql/,
    ],
  ];

  it.each(cases)('%s', async (_name, url, message) => {
    only('1_a', 'SELECT 1;');
    const { code, output } = await startRunner(service, await url()).done;
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(output.replace('/hush', '')).not.toMatch(/hush|at .*\.ts:/);
  });

  it('a role that may not', async () => {
    const url = await newDatabase();
    await query(
      url,
      `DO $$ BEGIN CREATE ROLE reader LOGIN PASSWORD 'hush'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    only('1_a', 'CREATE TABLE a (id INT);');
    const { code, output } = await startRunner(service, url.replace(/\/\/[^@]+@/, '//reader:hush@')).done;
    expect(code).toBe(1);
    expect(output).toMatch(/permission denied[\s\S]*Give MIGRATION_DATABASE_URL a role that owns the schema/);
  });

  it.each([
    [['rollback', '0'], /a whole number from 1, not "0"/],
    [['rollback', '1.5'], /not "1\.5"/],
    [['rollback', '$(id)'], /not "\$\(id\)"/],
    [['migrate', 'now'], /"migrate" does not take "now"/],
    [['undo'], /There is no verb "undo"/],
    [['migrate', '--force'], /Unknown option '--force'/],
  ])('%o', async (args, message) => {
    const { code, output } = await startRunner(service, server.url, args).done;
    expect([code, output]).toEqual([1, expect.stringMatching(message)]);
  });
});
