import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HealthCheck } from '../../src/platform/health/check.js';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { eventually, startRunner } from '../migrations/runners.js';
import { environment, ScratchService } from '../tools/scratch-service.js';
import { TcpProxy } from '../tools/tcp-proxy.js';

/** A web process in short: opens the module, and says with each line which checks fail. */
const PROCESS = `import { database } from './src/platform/database/module.js';
import { Secret } from './src/platform/config/secret.js';
import { createMetrics } from './src/platform/metrics/metrics.js';
const say = (level) => (fields, message) => console.log(JSON.stringify({ level, message, ...fields }));
const log = { info: say('info'), warn: say('warn'), error: say('error') };
const config = {
  databaseUrl: new Secret(process.env.TEST_URL), databasePoolSize: 2, databaseConnectTimeout: 1000,
  databaseStatementTimeout: 5000, migrateOnStart: process.env.TEST_MIGRATE === 'true',
  migrationLockTimeout: 4321, migrationStatementTimeout: 65_432,
};
const metrics = createMetrics();
const { checks, close } = await database.open({ config, log, metrics });
let stopping = false;
process.on('SIGTERM', () => { stopping = true; });
while (!stopping) {
  const failing = [];
  for (const { name, check } of checks) {
    await check(new AbortController().signal).catch((error) => failing.push(name + ': ' + error.message));
  }
  const { values } = await metrics.getSingleMetric('database_migrations').get();
  const schema = Object.fromEntries(values.map(({ labels, value }) => [labels.state, value]));
  console.log(JSON.stringify({ ready: failing.length === 0, failing, schema }));
  await new Promise((resolve) => setTimeout(resolve, 100));
}
await close();
process.exit(0);
`;

interface Line {
  readonly level?: string;
  readonly message?: string;
  readonly ready?: boolean;
  readonly failing?: readonly string[];
  readonly schema?: Readonly<Record<string, number>>;
  readonly migrations?: readonly string[];
  readonly migration?: string;
}

const service = new ScratchService('postgresql');
const running: { stop(): Promise<number | null> }[] = [];
let server: { url: string; release(): Promise<void> };
let url = '';

/** Starts the version of the service whose migrations are in the folder at this moment. */
function start(options: { migrate?: boolean; to?: string } = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'process.ts'], {
    cwd: service.root,
    env: environment({ TEST_URL: options.to ?? url, TEST_MIGRATE: String(options.migrate ?? false) }),
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = (): Line[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const web = {
    lines,
    latest: () => lines().findLast(({ ready }) => ready !== undefined),
    ready: () => eventually(async () => web.latest()?.ready === true),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await exited;
      expect(errors).toBe('');
      return code;
    },
  };
  running.push(web);
  return web;
}

const ONE = 'CREATE TABLE "Note" (id INT PRIMARY KEY);';

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.write('process.ts', PROCESS);
  expect(service.tool('cli', ['generate'])).toMatchObject({ status: 0 });
  server = await service.holdDatabase();
}, 60_000);

beforeEach(async () => {
  await Promise.all(running.splice(0).map((web) => web.stop()));
  service.clear();
  service.migration('1_one', ONE, '-- migration: lossy\nDROP TABLE "Note";');
  url = await provider.create(server.url, `t_${randomUUID()}`);
}, 30_000);

afterAll(async () => {
  await Promise.all(running.splice(0).map((web) => web.stop()));
  await server.release();
  service.remove();
});

describe('during a rollout', { timeout: 60_000 }, () => {
  it('a version waits for its own migrations, and the version before it does not mind them', async () => {
    const old = start();
    await eventually(async () => old.latest()?.failing?.[0]?.includes('1 of 1 migrations are not applied') === true);
    expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    await old.ready();

    service.migration('2_two', 'ALTER TABLE "Note" ADD COLUMN n INT;', 'ALTER TABLE "Note" DROP COLUMN n;');
    const next = start();
    await eventually(async () => next.latest()?.failing?.[0]?.includes('the first is 2_two') === true);
    expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    await next.ready();
    expect(old.latest()).toMatchObject({ ready: true });
    expect(await next.stop()).toBe(0);

    service.clear();
    service.migration('1_one', ONE);
    const restarted = start();
    await restarted.ready();
    await eventually(async () => restarted.lines().filter(({ ready }) => ready).length > 3);
    expect(
      restarted.lines().filter(({ message }) => message === 'the database is ahead of this version'),
    ).toMatchObject([{ level: 'warn', migrations: ['2_two'] }]);
    expect(restarted.latest()?.schema).toEqual({ applied: 2, pending: 0, newer: 1 });
  });

  it('a version is not ready while one of its migrations has stopped half-way', async () => {
    expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    const session = await driver.open(url, SETTINGS);
    await session.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await session.close();
    const web = start();
    await eventually(async () => web.latest()?.failing?.[0]?.includes('the first is 1_one') === true);
  });
});

describe('migrateOnStart', { timeout: 60_000 }, () => {
  it('applies each migration once when three processes start together, each ready when all are applied', async () => {
    service.migration(
      '2_row',
      'INSERT INTO "Note" VALUES (1); SELECT pg_sleep(0.5);',
      'DELETE FROM "Note" WHERE id = 1;',
    );
    const webs = [1, 2, 3].map(() => start({ migrate: true }));
    await Promise.all(webs.map((web) => web.ready()));
    const applied = webs.flatMap((web) =>
      web.lines().flatMap(({ migration }) => migration?.match(/^applied \S+/) ?? []),
    );
    expect(applied.sort()).toEqual(['applied 1_one', 'applied 2_row']);
    const session = await driver.open(url, SETTINGS);
    expect(await session.query('SELECT count(*)::int AS n FROM "Note"')).toEqual([{ n: 1 }]);
    await session.close();
    expect(await Promise.all(webs.map((web) => web.stop()))).toEqual([0, 0, 0]);
  });

  it('keeps the limits that migrations have in a process of their own', async () => {
    const limits = ['lock_timeout', 'statement_timeout'].map((name) => `current_setting('${name}') AS ${name}`);
    service.migration('2_limits', `CREATE TABLE seen AS SELECT ${limits.join(', ')};`, 'DROP TABLE seen;');
    const web = start({ migrate: true });
    await web.ready();
    const session = await driver.open(url, SETTINGS);
    expect(await session.query('SELECT * FROM seen')).toEqual([
      { lock_timeout: '4321ms', statement_timeout: '65432ms' },
    ]);
    await session.close();
    expect(await web.stop()).toBe(0);
  });

  it('starts while the database is down, and applies when it is back', async () => {
    const proxy = await TcpProxy.before(url);
    await proxy.down();
    const web = start({ migrate: true, to: proxy.urlOf(url) });
    await eventually(async () => web.lines().some(({ message }) => message === 'migrations could not be applied'));
    await eventually(async () => web.latest()?.ready === false);
    await proxy.up();
    await web.ready();
    expect(await web.stop()).toBe(0);
    await proxy.down();
  });

  it('leaves a migration that fails to be seen, and the service not ready', async () => {
    service.migration('2_two', 'CREATE TABEL x (id INT);');
    const web = start({ migrate: true });
    await eventually(async () => web.latest()?.failing?.[0]?.includes('1 of 2 migrations') === true);
    expect(web.lines().find(({ level }) => level === 'error')).toMatchObject({
      error: expect.stringContaining('2_two failed: syntax error'),
    });
  });
});

it('asks a database that hangs once, and none any more when it is there', async () => {
  const file = pathToFileURL(join(service.root, 'src', 'platform', 'database', 'schema.ts')).href;
  const { Schema, schemaCheck } = await import(/* @vite-ignore */ file);
  let asked = 0;
  let answer: (rows: string[][]) => void = () => undefined;
  const adapter = {
    provider: 'postgres',
    queryRaw: () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = (rows) => resolve({ rows });
      });
    },
    dispose: async () => undefined,
  };
  const source = { ping: async () => undefined, adapter: { connect: async () => adapter } };
  const schema = new Schema(source, { warn: () => undefined }, join(service.root, 'prisma/migrations'));
  const check: HealthCheck = schemaCheck(schema, 2_000);
  const asks = [1, 2, 3].map(() => check.check(new AbortController().signal));
  await eventually(async () => asked === 1);
  answer([['1_one']]);
  await Promise.all(asks);
  await check.check(new AbortController().signal);
  expect(asked).toBe(1);
});
