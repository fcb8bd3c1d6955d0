import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackup } from '../../src/platform/backup/create.js';
import { database } from '../../src/platform/backup/database.postgresql.js';
import { withClient } from '../../src/platform/backup/postgresql/libpq.js';
import type { Run } from '../../src/platform/backup/settings.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { inLane } from '../tools/lane.js';
import { describeFailures } from './failures.js';
import { describeLifecycle } from './lifecycle.js';
import { PostgresServer } from './postgres-server.js';

const HOUR = 60 * 60 * 1000;
const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };

const FILL = `CREATE TABLE customer (name text); INSERT INTO customer VALUES ('Ada'), ('Grace');
  CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
  INSERT INTO _prisma_migrations VALUES ('20260101000000_init', now(), NULL)`;

describe.runIf(inLane('backup'))('a backup of PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;
  let recipients: string[];
  const databaseOf = (url: string) => new URL(url).pathname.slice(1);

  beforeAll(async () => {
    server = await PostgresServer.start();
    folder = mkdtempSync(join(tmpdir(), 'backups-'));
    recipients = [await identityToRecipient(await generateIdentity())];
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function filled(): Promise<string> {
    const url = await server.create();
    await server.query(databaseOf(url), FILL);
    return url;
  }

  function run(url: string, changes: Partial<Run> = {}): Run {
    return {
      service: 'orders',
      environment: 'prod',
      database,
      url,
      limits,
      recipients,
      retention: { all: HOUR, days: 0, months: 0, least: 1 },
      main: directory(mkdtempSync(join(folder, 'store-'))),
      signal: new AbortController().signal,
      report: () => undefined,
      ...changes,
    };
  }

  describeLifecycle(async () => ({
    database,
    table: 'public.customer',
    filled,
    empty: () => server.create(),
    scratch: () => server.create(`${Math.random().toString(36).slice(2)}_drill`),
    names: async (url) =>
      (await server.query(databaseOf(url), 'SELECT name FROM customer ORDER BY 1')).map(({ name }) => `${name}`),
  }));

  describeFailures(
    async () => ({
      database,
      filled,
      enlarge: async (url) => {
        await server.query(
          databaseOf(url),
          'CREATE TABLE big AS SELECT gen_random_uuid() FROM generate_series(1, 20000)',
        );
      },
      lock: async (url) => {
        const holder = new pg.Client({ connectionString: url });
        await holder.connect();
        await holder.query('BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE');
        return () => holder.end();
      },
      stranger: (url) => url.replace('postgres@', 'nobody:hunter22@'),
      program: { name: 'pg_dump', old: 'pg_dump (PostgreSQL) 9.6' },
    }),
    { server: true },
  );

  it('counts the rows of the very moment it dumps, whatever is written meanwhile', async () => {
    const url = await filled();
    const source = await database.open(url, limits);
    await server.query(databaseOf(url), "INSERT INTO customer VALUES ('Late')");
    const { rows } = await source.contents();
    await source.close();
    expect(rows['public.customer']).toEqual({ least: 2, most: 2 });
  });

  it('counts rows for longer than a request of its role may take', async () => {
    const url = await filled();
    await server.query(databaseOf(url), `ALTER DATABASE "${databaseOf(url)}" SET statement_timeout = '1ms'`);
    expect((await createBackup(run(url))).rows['public.customer']).toEqual({ least: 2, most: 2 });
    const { rows } = await withClient(url, limits, (client) => client.query('SHOW statement_timeout'));
    expect(rows).toEqual([{ statement_timeout: '0' }]);
  });

  it('reads every row under row-level security with a role made for that, and fails with one that would miss some', async () => {
    const url = await filled();
    const name = databaseOf(url);
    await server.query(
      name,
      `CREATE ROLE ${name}_app LOGIN; CREATE ROLE ${name}_backup LOGIN BYPASSRLS;
       GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}_app; GRANT pg_read_all_data TO ${name}_backup;
       ALTER TABLE customer ENABLE ROW LEVEL SECURITY`,
    );
    await expect(createBackup(run(server.urlOf(name, `${name}_app`)))).rejects.toThrow('row-level security');
    const { rows } = await createBackup(run(server.urlOf(name, `${name}_backup`)));
    expect(rows['public.customer']?.most).toBe(2);
  });

  it('shows its password to no other user of the machine', async () => {
    const url = (await filled()).replace('postgres@', 'postgres:s3cret-password@');
    const lines: string[] = [];
    const child = spawn('sh', ['-c', 'while :; do ps -eo args; sleep 0.02; done'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.on('data', (text: Buffer) => lines.push(text.toString()));
    await createBackup(run(url));
    child.kill();
    expect(lines.join('')).toContain('pg_dump');
    expect(lines.join('')).not.toContain('s3cret-password');
  });
});
