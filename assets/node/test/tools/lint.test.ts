import { describe, expect, it } from 'vitest';
import { findIn as onMysql } from '../../tools/database/lint/dialect.mysql.js';
import { findIn as onPostgresql } from '../../tools/database/lint/dialect.postgresql.js';
import { findIn as onSqlite } from '../../tools/database/lint/dialect.sqlite.js';
import type { Finding } from '../../tools/database/lint/finding.js';
import type { Subject } from '../../tools/database/lint/pattern.js';
import { render } from '../../tools/database/lint/render.js';
import { createdTables, statementsOf } from '../../tools/database/lint/source.js';
import { findInWayBack } from '../../tools/database/lint/way-back.js';
import { file } from '../migrations/behaviour.js';

type Dialect = (subject: Subject) => Finding[];

const find = (dialect: Dialect, sql: string) =>
  dialect({ migration: '2_two', sql, newTables: new Set(createdTables(sql)) });
const rulesOf = (dialect: Dialect, sql: string) =>
  find(dialect, sql).map(({ rule, hint, line }) => `${line}: ${rule}${hint ? ' (hint)' : ''}`);

/** What is objected to, beside the nearest thing that is not. */
type Case = readonly [what: string, bad: string, expected: string, good: string];

describe('lint on PostgreSQL', { timeout: 30_000 }, () => {
  const cases: readonly Case[] = [
    ['a dropped column', 'ALTER TABLE "a" DROP COLUMN "x";', 'data-loss', 'ALTER TABLE "a" ADD COLUMN "x" TEXT;'],
    ['a dropped table', 'DROP TABLE "a";', 'data-loss', 'CREATE TABLE "a" ("id" INT); DROP TABLE "a";'],
    ['TRUNCATE', 'TRUNCATE "a";', 'data-loss', 'INSERT INTO "a" VALUES (\'TRUNCATE\')'],
    ['DELETE of everything', 'DELETE FROM "a";', 'data-loss', 'DELETE FROM "a" WHERE "id" = 1;'],
    [
      'a removed enum value',
      'CREATE TYPE "Kind_new" AS ENUM (\'A\');',
      'data-loss',
      'CREATE TYPE "Kind" AS ENUM (\'A\');',
    ],
    [
      'a changed type',
      'ALTER TABLE "a" ALTER COLUMN "x" SET DATA TYPE BIGINT;',
      'locking',
      'ALTER TABLE "a" ALTER COLUMN "x" SET DEFAULT 1;',
    ],
    [
      'a computed default',
      'ALTER TABLE "a" ADD COLUMN "x" UUID DEFAULT gen_random_uuid();',
      'locking',
      'ALTER TABLE "a" ADD COLUMN "x" INT NOT NULL DEFAULT -1, ADD COLUMN "y" TEXT[] DEFAULT ARRAY[]::TEXT[];',
    ],
    [
      'a check of every row',
      'ALTER TABLE "a" ADD CONSTRAINT "c" CHECK ("x" > 0);',
      'locking',
      'ALTER TABLE "a" ADD CONSTRAINT "c" CHECK ("x" > 0) NOT VALID;',
    ],
    [
      'a unique constraint that builds its index',
      'ALTER TABLE "a" ADD CONSTRAINT "c" UNIQUE ("x");',
      'locking',
      'ALTER TABLE "a" ADD CONSTRAINT "c" UNIQUE USING INDEX "i";',
    ],
    ['UPDATE of everything', 'UPDATE "a" SET "x" = 1;', 'locking', 'UPDATE "a" SET "x" = 1 WHERE "x" IS NULL;'],
    [
      'CONCURRENTLY among other statements',
      'CREATE INDEX CONCURRENTLY "i" ON "a" ("x");\nSELECT 1;',
      'locking',
      'CREATE INDEX CONCURRENTLY "i" ON "a" ("x");',
    ],
    [
      'a required column',
      'ALTER TABLE "a" ADD COLUMN "x" TEXT NOT NULL;',
      'incompatible',
      'ALTER TABLE "a" ADD COLUMN "x" TEXT NOT NULL DEFAULT \'\';',
    ],
    [
      'a column made required',
      'ALTER TABLE "a" ALTER COLUMN "x" SET NOT NULL;',
      'incompatible',
      'ALTER TABLE "a" ALTER COLUMN "x" DROP DEFAULT;',
    ],
    ['a renamed column', 'ALTER TABLE "a" RENAME COLUMN "x" TO "y";', 'incompatible', 'ALTER INDEX "i" RENAME TO "j";'],
    ['a renamed table', 'ALTER TABLE "a" RENAME TO "b";', 'incompatible', 'ALTER INDEX "i" RENAME TO "j";'],
    [
      'a renamed enum value',
      "ALTER TYPE \"k\" RENAME VALUE 'a' TO 'b';",
      'incompatible',
      'ALTER TYPE "k" RENAME TO "l";',
    ],
  ];

  it.each(cases)('objects to %s', (_what, bad, rule, good) => {
    expect(rulesOf(onPostgresql, bad)).toContain(`1: ${rule}`);
    expect(rulesOf(onPostgresql, good).filter((found) => !found.endsWith('(hint)'))).toEqual([]);
  });

  it.each([
    ['an index', 'CREATE INDEX "i" ON "a"("x");', 'locking'],
    [
      'a foreign key',
      'ALTER TABLE "a" ADD CONSTRAINT "f" FOREIGN KEY ("x") REFERENCES "b"("id") ON DELETE CASCADE;',
      'locking',
    ],
    ['an optional column', 'ALTER TABLE "a" ALTER COLUMN "x" DROP NOT NULL;', 'incompatible'],
    ['a new enum value', 'ALTER TYPE "k" ADD VALUE \'x\';', 'incompatible'],
    ['a statement that squawk cannot read', 'FROBNICATE "a";', 'locking'],
  ])('only hints at %s, which Prisma writes in the ordinary course', (_what, sql, rule) => {
    expect(new Set(rulesOf(onPostgresql, sql))).toEqual(new Set([`1: ${rule} (hint)`]));
  });

  it('has nothing against anything on tables that are made in the same migration', () => {
    const sql = `-- CreateTable
CREATE TABLE "Order" (
    "id" SERIAL NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Order_at_key" ON "Order"("at");
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("id") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Order" ADD COLUMN "note" TEXT NOT NULL;`;
    expect(rulesOf(onPostgresql, sql)).toEqual([]);
  });

  it('has nothing against tables that an earlier new migration makes', () => {
    const sql = 'ALTER TABLE "Order" DROP COLUMN "x";\nALTER TABLE "other" DROP COLUMN "x";';
    expect(onPostgresql({ migration: '2_two', sql, newTables: new Set(['Order']) })).toMatchObject([{ line: 2 }]);
  });

  it('takes out the BEGIN and COMMIT that Prisma puts around a changed enum', () => {
    const sql = `BEGIN;
CREATE TYPE "Kind_new" AS ENUM ('a');
ALTER TABLE "t" ALTER COLUMN "kind" TYPE "Kind_new" USING ("kind"::text::"Kind_new");
ALTER TYPE "Kind" RENAME TO "Kind_old";
ALTER TYPE "Kind_new" RENAME TO "Kind";
DROP TYPE "Kind_old";
COMMIT;`;
    expect(rulesOf(onPostgresql, sql).sort()).toEqual(['2: data-loss', '3: locking']);
  });

  it('is not turned off by a comment', () => {
    expect(rulesOf(onPostgresql, '-- squawk-ignore-file\n-- squawk-ignore ban-drop-table\nDROP TABLE "a";')).toEqual([
      '3: data-loss',
    ]);
  });

  it('does not read comments, strings and functions as statements', () => {
    const sql = `-- DROP TABLE "a";
/* TRUNCATE "a"; */
INSERT INTO "log" VALUES ('DELETE FROM "a";');
CREATE FUNCTION f() RETURNS void AS $$ BEGIN DELETE FROM a; UPDATE a SET x = 1; END $$ LANGUAGE plpgsql;`;
    expect(rulesOf(onPostgresql, sql)).toEqual([]);
  });
});

describe('lint on MySQL and MariaDB', () => {
  const cases: readonly Case[] = [
    ['a dropped column', 'ALTER TABLE `a` DROP COLUMN `x`;', 'data-loss', 'ALTER TABLE `a` DROP INDEX `x`;'],
    [
      'a dropped column, in short',
      'ALTER TABLE `a` DROP `x`;',
      'data-loss',
      'ALTER TABLE `a` DROP FOREIGN KEY `x`, DROP PRIMARY KEY, ALGORITHM=INPLACE;',
    ],
    ['a dropped table', 'DROP TABLE `a`;', 'data-loss', 'CREATE TABLE `a` (`id` INT); DROP TABLE `a`;'],
    ['TRUNCATE', 'TRUNCATE TABLE `a`;', 'data-loss', 'SELECT 1;'],
    ['DELETE of everything', 'DELETE FROM `a`;', 'data-loss', 'DELETE FROM `a` WHERE `id` = 1;'],
    ['UPDATE of everything', 'UPDATE `a` SET `x` = 1;', 'locking', 'UPDATE `a` SET `x` = 1 WHERE `x` IS NULL;'],
    [
      'a changed column',
      'ALTER TABLE `a` MODIFY `x` BIGINT NOT NULL;',
      'locking',
      'ALTER TABLE `a` MODIFY `x` VARCHAR(200) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;',
    ],
    [
      'a changed primary key',
      'ALTER TABLE `a` DROP PRIMARY KEY, ADD PRIMARY KEY (`x`);',
      'locking',
      'ALTER TABLE `a` DROP PRIMARY KEY, ADD PRIMARY KEY (`x`), LOCK=NONE;',
    ],
    [
      'another character set',
      'ALTER TABLE `a` CONVERT TO CHARACTER SET utf8mb4;',
      'locking',
      'ALTER TABLE `a` DEFAULT CHARACTER SET utf8mb4;',
    ],
    ['a fulltext index', 'CREATE FULLTEXT INDEX `i` ON `a`(`x`);', 'locking', 'CREATE INDEX `i` ON `a`(`x`);'],
    [
      'a required column',
      'ALTER TABLE `a` ADD COLUMN `x` DECIMAL(65, 30) NOT NULL, ADD COLUMN `y` INT NULL;',
      'incompatible',
      'ALTER TABLE `a` ADD COLUMN `x` DECIMAL(65, 30) NOT NULL DEFAULT 0, ADD COLUMN `y` INT NULL, ADD UNIQUE INDEX `i`(`x`);',
    ],
    [
      'a renamed column',
      'ALTER TABLE `a` RENAME COLUMN `x` TO `y`;',
      'incompatible',
      'ALTER TABLE `a` RENAME INDEX `x` TO `y`;',
    ],
    [
      'a column changed to another name',
      'ALTER TABLE `a` CHANGE `x` `y` INT, LOCK=NONE;',
      'incompatible',
      'ALTER TABLE `a` CHANGE `x` `x` INT, LOCK=NONE;',
    ],
    ['a renamed table', 'RENAME TABLE `a` TO `b`;', 'incompatible', 'CREATE VIEW `b` AS SELECT 1;'],
  ];

  it.each(cases)('objects to %s', (_what, bad, rule, good) => {
    expect(rulesOf(onMysql, bad)).toContain(`1: ${rule}`);
    expect(rulesOf(onMysql, good).filter((found) => !found.endsWith('(hint)'))).toEqual([]);
  });

  it('only hints at a foreign key, which Prisma writes in the ordinary course', () => {
    const sql = 'ALTER TABLE `a` ADD CONSTRAINT `f` FOREIGN KEY (`x`) REFERENCES `b`(`id`) ON DELETE CASCADE;';
    expect(rulesOf(onMysql, sql)).toEqual(['1: locking (hint)']);
  });

  it('leaves the body of a trigger alone', () => {
    expect(rulesOf(onMysql, 'CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN DELETE FROM b; END;')).toEqual([]);
  });
});

describe('lint on SQLite', () => {
  const redefine = (column: string, filled: string) => `PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "x" ${column}
);
INSERT INTO "new_User" (${filled}) SELECT ${filled} FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
PRAGMA foreign_keys=ON;`;
  const cases: readonly Case[] = [
    ['a dropped column', 'ALTER TABLE "a" DROP COLUMN "x";', 'data-loss', 'ALTER TABLE "a" ADD COLUMN "x" TEXT;'],
    ['a dropped table', 'DROP TABLE "a";', 'data-loss', redefine('TEXT', '"id", "x"')],
    ['DELETE of everything', 'DELETE FROM "a";', 'data-loss', 'DELETE FROM "a" WHERE "id" = 1;'],
    ['a renamed column', 'ALTER TABLE "a" RENAME COLUMN "x" TO "y";', 'incompatible', 'CREATE INDEX "i" ON "a"("x");'],
    ['a renamed table', 'ALTER TABLE "a" RENAME TO "b";', 'incompatible', redefine('TEXT', '"id", "x"')],
  ];

  it.each(cases)('objects to %s', (_what, bad, rule, good) => {
    expect(rulesOf(onSqlite, bad)).toEqual([`1: ${rule}`]);
    expect(rulesOf(onSqlite, good)).toEqual([]);
  });

  it('objects to a required column without a value for the rows that are there', () => {
    expect(rulesOf(onSqlite, redefine('TEXT NOT NULL', '"id"'))).toEqual(['4: incompatible']);
    expect(rulesOf(onSqlite, redefine("TEXT NOT NULL DEFAULT ''", '"id"'))).toEqual([]);
    expect(rulesOf(onSqlite, redefine('TEXT NOT NULL', '"id", "x"'))).toEqual([]);
  });
});

describe('lint of a way back', () => {
  const rules = (down: string | undefined, sql = 'CREATE TABLE "a" ("id" INT);') =>
    findInWayBack(file('2_two', sql, down)).map(({ rule, what }) => [rule, what]);

  it('objects to none at all', () => {
    expect(rules(undefined)).toEqual([['irreversible', '2_two has no way back']]);
    expect(rules('DROP INDEX "i";')).toEqual([]);
  });

  it('objects to one that does nothing, unless there is nothing to do', () => {
    expect(rules('-- Nothing to undo.')).toEqual([['irreversible', 'there is no statement']]);
    expect(rules('-- Nothing to undo.', '-- Nothing to do.')).toEqual([]);
  });

  it.each(['DROP TABLE "a";', 'ALTER TABLE "a" DROP COLUMN "x";', 'DELETE FROM "a";', 'TRUNCATE "a";'])(
    'objects to %s without a word',
    (sql) => {
      expect(rules(sql)).toEqual([['irreversible', sql.slice(0, -1)]]);
      expect(rules(`-- migration: lossy\n${sql}`)).toEqual([]);
    },
  );

  it('knows that SQLite changes a table by making it anew', () => {
    expect(rules('DROP TABLE "a";\nALTER TABLE "new_a" RENAME TO "a";')).toEqual([]);
  });
});

describe('what lint says', () => {
  it('is what, where, why, how to do it safely, and how to waive it', () => {
    const [text] = render(find(onPostgresql, '\nALTER TABLE "Order"\n  DROP COLUMN "x",\n  DROP COLUMN "y";'));
    expect(text).toMatchInlineSnapshot(`
      "data-loss: prisma/migrations/2_two/migration.sql:3: ALTER TABLE "Order" … DROP COLUMN "x"
          data-loss: prisma/migrations/2_two/migration.sql:4: ALTER TABLE "Order" … DROP COLUMN "y"
            Why it matters: What is in it is gone for good, and the previous release, which still runs during a rollout, reads it.
            Safely: Expand and contract: release a version that no longer uses it (@ignore in the models), keep a copy if anyone may ask, and drop it in a later release with a waiver that says so.
            If it is right here: service.migrations?.waive('2_two', MigrationRule.DATA_LOSS, '<reason>') in .projenrc.ts"
    `);
  });

  it('is where it stands, whatever comes before', () => {
    const sql = '-- ; one\n/* two;\n */ SELECT \';\n\';\n\n  DROP TABLE "a";';
    expect(statementsOf(sql).map(({ offset }) => sql.slice(offset, offset + 4))).toEqual(['SELE', 'DROP']);
    expect(find(onSqlite, sql)).toMatchObject([{ line: 6, what: 'DROP TABLE "a"' }]);
  });
});
