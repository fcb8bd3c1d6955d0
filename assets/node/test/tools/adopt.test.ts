import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driver as postgresql } from '../../src/platform/migrations/driver.postgresql.js';
import { driver as sqlite } from '../../src/platform/migrations/driver.sqlite.js';
import type { Row } from '../../src/platform/migrations/session.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { ScratchService } from './scratch-service.js';

const MODEL = 'model User {\n  id Int @id\n  name String\n}\n';

const services = { postgresql: new ScratchService('postgresql'), sqlite: new ScratchService('sqlite') };
const drivers = { postgresql, sqlite };
let held: { url: string; release(): Promise<void> };

beforeAll(async () => {
  held = await services.postgresql.holdDatabase();
}, 60_000);

afterAll(async () => {
  await held.release();
  for (const service of Object.values(services)) service.remove();
});

describe.each(['postgresql', 'sqlite'] as const)('on %s', (kind) => {
  const service = services[kind];
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = service.tool('cli', args);
    return { status, output: stdout + stderr };
  };
  const query = async (sql: string): Promise<Row[]> => {
    const url = kind === 'sqlite' ? `file:${join(service.root, '.data', 'dev.db')}` : held.url;
    const session = await drivers[kind].open(url, SETTINGS);
    try {
      if (/^(CREATE|INSERT)/.test(sql)) await session.script(sql);
      return sql.startsWith('SELECT') ? await session.query(sql) : [];
    } finally {
      await session.close();
    }
  };
  const bookkeeping = async () => {
    const catalogue = kind === 'sqlite' ? 'sqlite_master' : 'pg_tables';
    const name = kind === 'sqlite' ? 'name' : 'tablename';
    return (await query(`SELECT 1 FROM ${catalogue} WHERE ${name} LIKE '%migration%'`)).length;
  };

  beforeEach(async () => {
    service.clear();
    service.model(MODEL);
    if (kind === 'sqlite') rmSync(join(service.root, '.data'), { recursive: true, force: true });
    else await provider.empty(held.url);
    expect(run('status')).toMatchObject({ status: 0 });
  });

  describe('a database without migrations', { timeout: 90_000 }, () => {
    it('gets its first one from the models, marked as applied, with its rows as they were', async () => {
      await query(`CREATE TABLE "User" ("id" INTEGER NOT NULL${kind === 'sqlite' ? ' PRIMARY KEY' : ''}, "name" TEXT NOT NULL
        ${kind === 'sqlite' ? '' : ', CONSTRAINT "User_pkey" PRIMARY KEY ("id")'})`);
      await query(`INSERT INTO "User" VALUES (1, 'Ada')`);
      expect(run('baseline')).toMatchObject({ status: 0, output: expect.stringContaining('nothing else touched') });
      expect(await query('SELECT * FROM "User"')).toEqual([{ id: 1, name: 'Ada' }]);
      expect(service.migrations()).toEqual([expect.stringMatching(/^\d{14}_baseline$/)]);
      expect(run('status')).toMatchObject({ status: 0, output: expect.stringContaining('Up to date') });
      expect(run('check')).toMatchObject({ status: 0 });
      expect(service.prisma(['migrate', 'status']).stdout).toContain('Database schema is up to date');
      expect(run('baseline')).toMatchObject({
        status: 1,
        output: expect.stringContaining('already has its bookkeeping: 1 migrations'),
      });
    });

    it('is refused when it is empty', () => {
      expect(run('baseline')).toMatchObject({ status: 1, output: expect.stringContaining('is empty') });
      expect(run('baseline', '--force')).toMatchObject({ status: 1, output: expect.stringContaining('--force') });
    });

    it('is refused when it and the models disagree, with the difference', async () => {
      await query('CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT)');
      const { status, output } = run('baseline');
      expect([status, output]).toEqual([1, expect.stringMatching(/disagree[\s\S]*"name"/)]);
      expect(() => service.migrations()).toThrow(/ENOENT/);
      expect(await bookkeeping()).toBe(0);
    });

    it('is not marked before the migration makes what models cannot say', async () => {
      const table =
        kind === 'sqlite'
          ? 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL);'
          : 'CREATE TABLE "User" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));';
      const view = 'CREATE VIEW "names" AS SELECT "name" FROM "User";';
      await query(table);
      await query(view);
      expect(run('baseline')).toMatchObject({
        status: 1,
        output: expect.stringMatching(/missing: .*view[\s\S]*names/),
      });
      expect(await bookkeeping()).toBe(0);
      const [id] = service.migrations();
      const path = `prisma/migrations/${id}/migration.sql`;
      service.write(path, `${service.read(path)}\n${view}\n`);
      expect(run('baseline')).toMatchObject({ status: 0 });
      expect(run('status')).toMatchObject({ status: 0 });
    });
  });

  describe('migrations without a way back', { timeout: 90_000 }, () => {
    it('get one that has been run, marked where it loses something; what exists is kept', () => {
      service.migration(
        '1_one',
        'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL);',
        '-- migration: lossy\n-- By hand.\nDROP TABLE "User";',
      );
      service.migration('2_two', 'CREATE INDEX "i" ON "User"("name");');
      service.migration('3_three', 'CREATE VIEW "names" AS SELECT "name" FROM "User";');
      service.migration('4_four', `INSERT INTO "User" VALUES (7, 'Ada');`);
      service.migration('5_five', 'ALTER TABLE "User" ADD COLUMN "age" INTEGER;');
      const { status, output } = run('backfill-down');
      expect([status, output]).toEqual([0, expect.stringContaining('5 migrations, 4 without a way back: 4 written')]);
      const down = (id: string) => service.read(`prisma/migrations/${id}/down.sql`);
      expect(down('1_one')).toContain('By hand');
      expect(down('2_two')).toMatch(/^(-- DropIndex\n)?DROP INDEX "i";\n$/m);
      expect(down('3_three')).toMatch(/^DROP VIEW "?names"?;\n$/);
      expect(down('4_four')).toMatch(
        /^-- migration: lossy\n-- This way back loses data:\n.*rows go[\s\S]*DELETE FROM "User" WHERE "id" = 7;\n$/,
      );
      expect(down('5_five')).toMatch(
        /^-- migration: lossy[\s\S]*column `age` of `User`[\s\S]*(DROP COLUMN "age"|new_User)/,
      );
      expect(run('backfill-down')).toMatchObject({ status: 0, output: expect.stringContaining('Nothing to do') });
      expect(run('migrate')).toMatchObject({ status: 0 });
      expect(run('rollback', '5', '--accept-data-loss')).toMatchObject({ status: 0 });
    });

    it('keep what was found before one that cannot be applied', () => {
      service.migration('1_one', 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY);');
      service.migration('2_two', 'CREATE TABEL x (id INT);');
      const { status, output } = run('backfill-down');
      expect([status, output]).toEqual([1, expect.stringMatching(/1 written[\s\S]*cannot be applied: 2_two failed/)]);
      expect(service.read('prisma/migrations/1_one/down.sql')).toContain('DROP TABLE "User"');
    });
  });
});

describe('on PostgreSQL, a way back', { timeout: 90_000 }, () => {
  const service = services.postgresql;

  it('fills required columns that come back, and brings back what the engine does not see', async () => {
    service.clear();
    await provider.empty(held.url);
    service.migration(
      '1_one',
      `CREATE TYPE "Kind" AS ENUM ('a', 'b');
       CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "kind" "Kind" NOT NULL,
         "price" DECIMAL(65,30) NOT NULL, "at" TIMESTAMP(3) NOT NULL DEFAULT now(), CONSTRAINT "c" CHECK (price > -1));
       CREATE FUNCTION touch() RETURNS trigger AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$ LANGUAGE plpgsql;
       CREATE TRIGGER t BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION touch();
       INSERT INTO "User" VALUES (1, 'Ada', 'a', 3);`,
    );
    service.migration(
      '2_two',
      `DROP TRIGGER t ON "User"; DROP FUNCTION touch(); CREATE EXTENSION IF NOT EXISTS pgcrypto;
       ALTER TABLE "User" DROP COLUMN "name", DROP COLUMN "kind", DROP COLUMN "price", DROP COLUMN "at";`,
    );
    const { status, stdout } = service.tool('cli', ['backfill-down']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 written and rehearsed (2 lose data when undone)')]);
    const down = service.read('prisma/migrations/2_two/down.sql');
    expect(down).toContain("column `name` of `User` comes back as '' in the rows that are there");
    expect(down).toMatch(/"kind" "Kind" NOT NULL DEFAULT enum_first\(NULL::"Kind"\)/);
    expect(down).toMatch(/DROP EXTENSION pgcrypto/);
    expect(down).toMatch(/SET DEFAULT now\(\)/);
    expect(service.tool('cli', ['migrate'])).toMatchObject({ status: 0 });
    expect(service.tool('cli', ['rollback', '--accept-data-loss'])).toMatchObject({ status: 0 });
    const session = await postgresql.open(held.url, SETTINGS);
    expect(await session.query('SELECT id, name, kind, price::int FROM "User"')).toEqual([
      { id: 1, name: '', kind: 'a', price: 0 },
    ]);
    await session.close();
  });

  it('fills columns that must have a value again, with their default or by their type', async () => {
    service.clear();
    await provider.empty(held.url);
    service.migration(
      '1_one',
      `CREATE TYPE "Kind" AS ENUM ('a', 'b');
       CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "kind" "Kind" NOT NULL,
         "level" "Kind" NOT NULL DEFAULT 'b', "count" INTEGER NOT NULL);`,
    );
    service.migration(
      '2_two',
      `ALTER TABLE "User" ALTER COLUMN "name" DROP NOT NULL, ALTER COLUMN "kind" DROP NOT NULL, ALTER COLUMN "count" DROP NOT NULL,
         ALTER COLUMN "level" DROP NOT NULL, ALTER COLUMN "level" DROP DEFAULT;
       INSERT INTO "User" VALUES (generate_series(1, 2));`,
    );
    const { status, stdout } = service.tool('cli', ['backfill-down']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 written and rehearsed (2 lose data when undone)')]);
    const down = service.read('prisma/migrations/2_two/down.sql');
    expect(down).toContain("--   - column `level` of `User` becomes 'b' where it is empty");
    expect(down).toContain(`UPDATE "User" SET "kind" = enum_first(NULL::"Kind") WHERE "kind" IS NULL;`);
    expect(down).toContain(`UPDATE "User" SET "count" = 0 WHERE "count" IS NULL;`);
  });

  it('is written by db:new too, and works on a table with rows', async () => {
    service.clear();
    await provider.empty(held.url);
    const model = (columns: string) => service.model(`model User {\n  id Int @id\n${columns}}\n`);
    const ok = (...args: string[]) => expect(service.tool('cli', args)).toMatchObject({ status: 0 });
    model('  name String\n  age Int\n');
    ok('new', 'one');
    model('  age Int?\n');
    ok('new', 'two');
    ok('migrate');
    const session = await postgresql.open(held.url, SETTINGS);
    await session.query('INSERT INTO "User" (id) VALUES (1)');
    ok('rollback', '--accept-data-loss');
    expect(await session.query('SELECT * FROM "User"')).toEqual([{ id: 1, name: '', age: 0 }]);
    await session.close();
  });
});
