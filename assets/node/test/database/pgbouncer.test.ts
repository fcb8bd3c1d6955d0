import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedModule, PlatformModule } from '../../src/platform/app/module.js';
import { Secret } from '../../src/platform/config/secret.js';
import type { DatabaseConfig } from '../../src/platform/database/types.js';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { eventually, startRunner } from '../migrations/runners.js';
import { contextOf } from '../support/module-context.js';
import { freePort } from '../support/process.js';
import { ScratchService } from '../tools/scratch-service.js';

interface Client {
  note: { create(args: { data: { id: number } }): Promise<unknown>; count(): Promise<number> };
  $transaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
  $queryRawUnsafe(sql: string): Promise<unknown>;
}

const required = (process.env['TEST_LANES'] ?? '').split(',').includes('pgbouncer');

if (!required) it.skip('needs PgBouncer: npx projen test:pgbouncer');
else
  describe('through PgBouncer in transaction mode', { timeout: 60_000 }, () => {
    const service = new ScratchService('postgresql');
    const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
    let held: { url: string; release(): Promise<void> };
    let bouncer: ChildProcess;
    let url = '';
    let database: PlatformModule<'prisma', Client, DatabaseConfig>;

    const open = (databasePgbouncer: boolean, databaseStatementTimeout = 2_000): Promise<OpenedModule<Client>> =>
      database.open(
        contextOf({
          databaseUrl: new Secret(url),
          databasePgbouncer,
          databasePoolSize: 8,
          databaseConnectTimeout: 20_000,
          databaseStatementTimeout,
        }),
      );

    beforeAll(async () => {
      service.model('model Note {\n  id Int @id\n}\n');
      service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INT PRIMARY KEY);');
      held = await service.holdDatabase();
      service.tool('cli', ['migrate']);
      service.tool('cli', ['generate']);
      ({ bouncer, url } = await startPgBouncer(folder, await asApp(held.url)));
      const module = pathToFileURL(join(service.root, 'src', 'platform', 'database', 'module.ts')).href;
      ({ database } = await import(/* @vite-ignore */ module));
    }, 60_000);

    afterAll(async () => {
      const exited = new Promise((resolve) => bouncer.once('exit', resolve));
      bouncer.kill('SIGKILL');
      await exited;
      await held.release();
      rmSync(folder, { recursive: true });
      service.remove();
    });

    it('is ready and runs queries and transactions of more clients than there are server connections', async () => {
      const { resource, checks, close } = await open(true);
      for (const { check } of checks) await check(new AbortController().signal);
      await Promise.all(
        Array.from({ length: 24 }, (_, id) => resource.$transaction((client) => client.note.create({ data: { id } }))),
      );
      expect(await resource.note.count()).toBe(24);
      await close();
    });

    it('cuts a statement off on the side of the client', async () => {
      const { resource, close } = await open(true);
      await expect(resource.$queryRawUnsafe('SELECT 1 AS x FROM pg_sleep(5)')).rejects.toThrow();
      await close();
    });

    it('is refused to migrations, which have a direct connection', async () => {
      const pooled = await startRunner(service, url, ['migrate']).done;
      expect([pooled.code, pooled.output]).toEqual([1, expect.stringContaining('through a connection pooler')]);
      const direct = { MIGRATION_DATABASE_URL: held.url };
      expect(await startRunner(service, url, ['status'], direct).done).toMatchObject({ code: 0 });
    });

    it('lets the role cut a statement off on the side of the server, which nobody asks it for', async () => {
      const { resource, close } = await open(true, 30_000);
      await expect(resource.$queryRawUnsafe('SELECT 1 AS x FROM pg_sleep(20)')).rejects.toThrow(/statement timeout/);
      await close();
    });

    it('is refused without the mode that it needs', async () => {
      const { resource, close } = await open(false);
      await expect(resource.note.count()).rejects.toThrow();
      await close();
    });
  });

/** As the end of prisma/roles.sql has it, with a shorter time. */
async function asApp(owner: string): Promise<string> {
  const session = await driver.open(owner, SETTINGS);
  await session.script(`CREATE ROLE app LOGIN PASSWORD 'app'; GRANT ALL ON "Note" TO app; GRANT SELECT ON _prisma_migrations TO app;
    ALTER ROLE app SET statement_timeout = '4s'`);
  await session.close();
  const url = new URL(owner);
  url.username = 'app';
  url.password = 'app';
  return url.href;
}

/** Two server connections for every client there is. */
async function startPgBouncer(folder: string, server: string): Promise<{ bouncer: ChildProcess; url: string }> {
  const { hostname, port, username, password, pathname } = new URL(server);
  const listen = await freePort();
  const name = pathname.slice(1);
  const target = `host=${hostname} port=${port} dbname=${name} user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`;
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(join(folder, 'users.txt'), '"app" "app"\n');
  writeFileSync(
    config,
    `[databases]
${name} = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 2
`,
  );
  // It refuses to run as root.
  chmodSync(folder, 0o755);
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const bouncer = spawn('pgbouncer', [...user, config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  bouncer.stderr?.on('data', (text) => (log += String(text)));
  await eventually(async () => /process up/.test(log));
  return { bouncer, url: `postgresql://app:app@127.0.0.1:${listen}/${name}` };
}
