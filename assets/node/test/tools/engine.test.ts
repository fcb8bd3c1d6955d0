import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import type { Row } from '../../src/platform/migrations/session.js';
import { openConnector as openMysql } from '../../tools/database/engine/connector.mysql.js';
import { openConnector } from '../../tools/database/engine/connector.postgresql.js';
import { Protocol } from '../../tools/database/engine/protocol.js';
import { assertDifferent } from '../../tools/database/engine/shadow.postgresql.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { ScratchService } from './scratch-service.js';

const require = createRequire(import.meta.url);
const USER = 'model User {\n  id Int @id\n  kind Kind\n}\n\nenum Kind {\n  a\n  b\n}\n';
const noOptions = { args: [], argTypes: [] };

describe('the pair of Prisma and its engine', () => {
  it('is one release: the engine in use is the one inside of the CLI', () => {
    const twin = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
    const cli = join(dirname(require.resolve('prisma/package.json')), 'build', 'schema_engine_bg.wasm');
    expect(readFileSync(twin).equals(readFileSync(cli))).toBe(true);
  });

  it('is pinned exactly, everywhere the same', () => {
    const { dependencies, devDependencies } = require('../../package.json');
    const versions = { ...dependencies, ...devDependencies };
    const prisma = versions.prisma;
    for (const name of Object.keys(versions).filter((key) => /^@prisma\/(client|adapter-|driver-)/.test(key))) {
      expect([name, versions[name]]).toEqual([name, prisma]);
    }
    expect(versions['@prisma/schema-engine-wasm']).toMatch(new RegExp(`^${prisma}-`));
  });
});

describe('the engine on PostgreSQL', { timeout: 120_000 }, () => {
  const service = new ScratchService('postgresql');
  let held: { url: string; release(): Promise<void> };

  beforeAll(async () => {
    service.model(USER);
    held = await service.holdDatabase();
  }, 60_000);

  afterAll(async () => {
    await held.release();
    service.remove();
  });

  const query = async (sql: string): Promise<Row[]> => {
    const session = await driver.open(held.url, SETTINGS);
    return await session.query(sql).finally(() => session.close());
  };
  const prisma = (...args: string[]) => {
    const { status, stdout, stderr } = service.prisma(args);
    return { status, output: stdout + stderr };
  };

  it('generates the client without a network, a database, or a download', () => {
    const offline = {
      https_proxy: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:1',
    };
    const { status, stdout, stderr } = service.tool('cli', ['generate'], offline);
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('Generated Prisma Client')]);
    expect(service.read('src/generated/prisma/client.ts')).toContain('PrismaClient');
  });

  it('has a shadow database that is not the main one', async () => {
    const { factory } = openConnector({ url: held.url, shadowUrl: undefined });
    const main = await factory.connect();
    const shadow = await factory.connectToShadowDb();
    const nameOf = async (adapter: typeof main) =>
      (await adapter.queryRaw({ sql: 'SELECT current_database()::text', ...noOptions })).rows[0]?.[0];
    const name = await nameOf(shadow);
    expect(await nameOf(main)).toBe('dev');
    expect(name).toMatch(/^prisma_migrate_shadow_db_/);
    await shadow.dispose();
    await main.dispose();
    expect(await provider.names(held.url)).not.toContain(name);
  });

  it('never empties the main database because it was named as the shadow, however it is spelt', async () => {
    await query('CREATE TABLE keep (id INT)');
    for (const shadowUrl of [
      held.url,
      held.url.replace('127.0.0.1', 'localhost'),
      `${held.url}?application_name=other`,
    ]) {
      await expect(assertDifferent(held.url, shadowUrl)).rejects.toThrow(
        'The shadow database is the main one (dev) and would be emptied.',
      );
      const { factory } = openConnector({ url: held.url, shadowUrl });
      await expect(factory.connectToShadowDb()).rejects.toThrow('The shadow database is the main one');
    }
    const { status, stderr } = service.prisma(
      ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-empty'],
      {
        SHADOW_DATABASE_URL: held.url,
      },
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('The shadow database is the main one')]);
    expect(await query('SELECT count(*)::int AS n FROM keep')).toEqual([{ n: 0 }]);
    await query('DROP TABLE keep');
  });

  it('takes a shadow database that was named, and empties that', async () => {
    const shadowUrl = await provider.create(held.url, 'named_shadow');
    const { factory } = openConnector({ url: held.url, shadowUrl });
    const shadow = await factory.connectToShadowDb();
    await shadow.executeScript('CREATE TABLE junk (id INT)');
    await shadow.dispose();
    const again = await factory.connectToShadowDb();
    expect(
      (await again.queryRaw({ sql: "SELECT 1 FROM pg_tables WHERE tablename = 'junk'", ...noOptions })).rows,
    ).toEqual([]);
    await again.dispose();
    await provider.drop(shadowUrl);
  });

  it('reads "char", which the adapter does not know, as a character', async () => {
    const adapter = await openConnector({ url: held.url, shadowUrl: undefined }).factory.connect();
    const sql = `SELECT 'x'::"char" AS one, 'y'::text AS two`;
    expect(await adapter.queryRaw({ sql, ...noOptions })).toMatchObject({
      columnTypes: [ColumnTypeEnum.Character, ColumnTypeEnum.Text],
      rows: [['x', 'y']],
    });
    await adapter.dispose();
  });

  it('runs scripts with semicolons inside of functions and strings, which the adapter cuts to pieces', async () => {
    const adapter = await openConnector({ url: held.url, shadowUrl: undefined }).factory.connect();
    await adapter.executeScript(
      `CREATE FUNCTION f() RETURNS text AS $$ BEGIN RETURN 'a;b'; END $$ LANGUAGE plpgsql; SELECT 'c;d'`,
    );
    expect((await adapter.queryRaw({ sql: 'SELECT f()', ...noOptions })).rows).toEqual([['a;b']]);
    await adapter.executeScript('DROP FUNCTION f()');
    await adapter.dispose();
  });

  it('carries migrate dev through: shadow, drift, data loss, several times in a row, and keeps the rows', async () => {
    expect(prisma('migrate', 'dev', '--name', 'init')).toMatchObject({ status: 0 });
    await query(`INSERT INTO "User" VALUES (1, 'a')`);
    service.model(USER.replace('kind Kind', 'kind Kind\n  note String?'));
    expect(prisma('migrate', 'dev', '--name', 'note')).toMatchObject({ status: 0 });
    service.model(USER.replace('kind Kind', 'kind Kind\n  note String?\n  more Int @default(1)'));
    expect(prisma('migrate', 'dev', '--name', 'more')).toMatchObject({ status: 0 });
    expect(service.migrations()).toHaveLength(3);
    expect(await query('SELECT * FROM "User"')).toEqual([{ id: 1, kind: 'a', note: null, more: 1 }]);
    expect(prisma('migrate', 'status').output).toContain('Database schema is up to date');
    expect(prisma('db', 'pull', '--print').output).toContain('enum Kind');
  });

  it('prints a diff', () => {
    const { output } = prisma('migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema', '--script');
    expect(output).toContain('CREATE TABLE "User"');
  });

  it('explains a database that is not there, and one that cannot be reached, without the password', () => {
    const { password } = new URL(held.url);
    for (const [url, message] of [
      [provider.beside(held.url, 'nowhere'), /P1003|does not exist/],
      [held.url.replace(/:\d+\//, ':1/'), /P1001|Can't reach/],
    ] as const) {
      const { status, stdout, stderr } = service.prisma(['migrate', 'status'], { DATABASE_URL: url });
      expect([status, stdout + stderr]).toEqual([1, expect.stringMatching(message)]);
      expect(stdout + stderr).not.toContain(password);
    }
  });

  it.each([
    [
      'a database that cannot be reached',
      'postgresql://u:hush@127.0.0.1:1/d',
      /Can't reach database server at `127\.0\.0\.1:1`/,
    ],
    ['another kind of database', 'file:./x.db', /begins with "file:", but this service uses postgresql/],
  ])('explains %s to db:new, which then writes nothing', (_what, url, message) => {
    const other = new ScratchService('postgresql');
    other.model(USER);
    const { status, stdout, stderr } = other.tool('cli', ['new', 'one'], { DATABASE_URL: url });
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stdout + stderr).not.toMatch(/hush|wasm|at .*\.ts:/);
    expect(existsSync(join(other.root, 'prisma', 'migrations'))).toBe(false);
    other.remove();
  });

  it('does not start on a schema for another provider', () => {
    const other = new ScratchService('postgresql');
    other.write('prisma/schema/datasource.prisma', 'datasource db {\n  provider = "sqlite"\n}\n');
    expect(other.tool('cli', ['new', 'one'], { DATABASE_URL: held.url }).stderr).toBe(
      'prisma/schema/datasource.prisma says provider = "sqlite", but this service was made for postgresql. Make them agree.\n',
    );
    other.remove();
  });

  it('answers what it does not know, and a panic, with an error instead of silence', async () => {
    const protocol = new Protocol(held.url, () => openConnector({ url: held.url, shadowUrl: undefined }), []);
    const call = async (method: string) =>
      await protocol.answer(JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: {} }));
    expect(await call('nonsense')).toMatchObject([
      { id: 7, error: { code: 4466, data: { message: expect.stringContaining('no method "nonsense"') } } },
    ]);
    expect(await call('debugPanic')).toMatchObject([
      { id: 7, error: { data: { message: expect.stringContaining('debugPanic') } } },
    ]);
    expect(await protocol.answer('{"jsonrpc":"2.0","id":8,"result":null}')).toEqual([]);
  });
});

describe('the engine on SQLite', { timeout: 120_000 }, () => {
  const service = new ScratchService('sqlite');
  const prisma = (...args: string[]) => {
    const { status, stdout, stderr } = service.prisma(args);
    return { status, output: stdout + stderr };
  };
  const model = (field: string) => `model A {\n  id Int @id\n  ${field}\n}\n\nmodel B {\n  id Int @id\n}\n`;

  afterAll(() => service.remove());

  it('replays whole migrations, so that a second and a third see no drift', () => {
    for (const [index, field] of ['x Int', 'y Int', 'z Int'].entries()) {
      service.model(model(field));
      const { status, output } = prisma('migrate', 'dev', '--name', `step${index}`);
      expect([status, output]).toEqual([0, expect.stringContaining('in sync with your schema')]);
      expect(output).not.toMatch(/drift/i);
    }
  });

  it('resets by removing the tables', () => {
    const { status, output } = prisma('migrate', 'reset', '--force');
    expect([status, output]).toEqual([0, expect.stringContaining('Database reset successful')]);
    expect(prisma('migrate', 'status').output).toContain('Database schema is up to date');
  });
});

describe('the engine on MySQL', () => {
  it('is not there, and says what still works', () => {
    expect(() => openMysql({ url: 'mysql://h/d', shadowUrl: undefined })).toThrow(
      /needs Prisma's native schema engine.*Applying, undoing and status/,
    );
  });
});
