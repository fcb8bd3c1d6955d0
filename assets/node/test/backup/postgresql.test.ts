import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogue } from '../../src/platform/backup/catalogue.js';
import { createBackup } from '../../src/platform/backup/create.js';
import { database } from '../../src/platform/backup/database.postgresql.js';
import { AlreadyRunning } from '../../src/platform/backup/failure.js';
import { withClient } from '../../src/platform/backup/postgresql/libpq.js';
import type { Run } from '../../src/platform/backup/settings.js';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { inLane } from '../tools/lane.js';
import { describeLifecycle } from './lifecycle.js';
import { PostgresServer } from './postgres-server.js';
import { bent } from './stores.js';

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

  it('does not wait for ever for a table that somebody has locked', async () => {
    const url = await filled();
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE');
    const main = directory(mkdtempSync(join(folder, 'store-')));
    await expect(createBackup(run(url, { main }))).rejects.toThrow('stayed locked for 1000 ms');
    await holder.end();
    await createBackup(run(url, { main }));
  });

  it('is made by one run at a time', async () => {
    const url = await filled();
    const both = async () => {
      const ended = await Promise.allSettled([createBackup(run(url)), createBackup(run(url))]);
      return ended.map((each) => (each.status === 'rejected' ? each.reason : 'made'));
    };
    // On a busy machine one may be over before the other begins.
    await expect.poll(both, { timeout: 30_000 }).toEqual(expect.arrayContaining(['made', expect.any(AlreadyRunning)]));
  });

  it('says that a password is wrong, and shows none', async () => {
    const url = `${(await filled()).replace('postgres@', 'nobody:hunter22@')}`;
    const failure = await createBackup(run(url)).catch((error: Error) => error.message);
    expect(failure).toContain('cannot be opened');
    expect(failure).not.toContain('hunter22');
  });

  it('is refused by a client older than the server', async () => {
    const url = await filled();
    await withProgram('pg_dump', 'echo "pg_dump (PostgreSQL) 9.6"', async () => {
      await expect(createBackup(run(url))).rejects.toThrow('Install client programs of version');
    });
  });

  it('is none when the dump is cut off, though what was written is a valid archive', async () => {
    const url = await filled();
    const real = execFileSync('which', ['pg_dump'], { encoding: 'utf8' }).trim();
    const script = `case "$1" in --version) exec ${real} --version;; esac; ${real} "$@"; kill -9 $$`;
    const main = directory(mkdtempSync(join(folder, 'store-')));
    await withProgram('pg_dump', script, async () => {
      await expect(createBackup(run(url, { main }))).rejects.toThrow('pg_dump was killed by SIGKILL');
    });
    expect(await main.list('')).toEqual([]);
  });

  it('killed in the middle leaves no backup behind that looks like one, and the next run succeeds', async () => {
    const url = await filled();
    const main = directory(mkdtempSync(join(folder, 'store-')));
    const stopping = new AbortController();
    const slow: BackupStore = bent(main, {
      write: async (key, content) => {
        await main.write(
          key,
          (async function* () {
            for await (const chunk of content) {
              stopping.abort();
              yield chunk;
            }
          })(),
        );
      },
    });
    await expect(createBackup(run(url, { main: slow, signal: stopping.signal }))).rejects.toThrow(/abort|killed/);
    expect((await readCatalogue(main)).good).toEqual([]);
    await createBackup(run(url, { main }));
    expect((await readCatalogue(main)).good).toHaveLength(1);
  });

  it('on a disk that is full says so, and leaves the older ones', async () => {
    const url = await filled();
    const place = join(folder, 'small');
    mkdirSync(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]);
    try {
      const main = directory(place);
      const { id } = await createBackup(run(url, { main }));
      await server.query(
        databaseOf(url),
        'CREATE TABLE big AS SELECT gen_random_uuid() FROM generate_series(1, 20000)',
      );
      await expect(createBackup(run(url, { main }))).rejects.toThrow('is full');
      expect((await readCatalogue(main)).good.map((one) => one.id)).toEqual([id]);
    } finally {
      execFileSync('umount', [place]);
    }
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

  /** Puts a program of another kind in place of a real one. */
  async function withProgram(name: string, script: string, work: () => Promise<void>): Promise<void> {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}${delimiter}${before}`;
    try {
      await work();
    } finally {
      process.env['PATH'] = before;
    }
  }
});
