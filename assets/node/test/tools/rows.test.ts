import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScratchService } from './scratch-service.js';

/** Every type of column, and rows that refer to each other. */
const POSTGRESQL = `CREATE TYPE "Kind" AS ENUM ('a', 'b');
CREATE TABLE "Post" ("id" UUID PRIMARY KEY, "userId" INTEGER NOT NULL, "at" TIMESTAMPTZ, "day" DATE, "tags" TEXT[]);
CREATE TABLE "User" ("id" SERIAL PRIMARY KEY, "name" VARCHAR(3) NOT NULL UNIQUE, "kind" "Kind", "data" JSONB NOT NULL,
  "price" DECIMAL(65,30), "ok" BOOLEAN NOT NULL, "raw" BYTEA, "made" INTEGER GENERATED ALWAYS AS (7) STORED);
ALTER TABLE "Post" ADD FOREIGN KEY ("userId") REFERENCES "User"("id");`;

const SQLITE = `CREATE TABLE "Post" ("id" TEXT PRIMARY KEY, "userId" INTEGER NOT NULL REFERENCES "User"("id"));
CREATE TABLE "User" ("id" INTEGER PRIMARY KEY, "name" TEXT NOT NULL UNIQUE, "at" DATETIME NOT NULL, "price" DECIMAL);`;

const KEEPS = { sql: 'CREATE INDEX "i" ON "User"("name");', down: 'DROP INDEX "i";' };
const CHANGES = { sql: `UPDATE "User" SET "name" = 'y' WHERE "name" = 'x';`, down: 'SELECT 1;' };
const REMOVES = { sql: 'DELETE FROM "Post" WHERE "userId" > 0;', down: 'SELECT 1;' };

describe.each([
  ['postgresql', POSTGRESQL],
  ['sqlite', SQLITE],
] as const)('rows on %s', { timeout: 60_000 }, (kind, first) => {
  const service = new ScratchService(kind);

  const rehearse = ({ sql, down }: { sql: string; down: string }) => {
    service.migration('2_two', sql, down);
    const { status, stdout, stderr } = service.tool('rehearse-all');
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };

  beforeAll(() => {
    service.write(
      'tools/database/rehearse-all.ts',
      `import { readMigrations } from '../../src/platform/migrations/files.js';
import { withDatabase } from './development.js';
import { rehearseRows } from './rehearse-rows.js';
import { migrationsFolder } from './service.js';
console.log(JSON.stringify(await withDatabase((url) => rehearseRows(url, readMigrations(migrationsFolder), ['2_two']))));
`,
    );
  });

  beforeEach(() => {
    service.clear();
    service.migration('1_one', first, '-- migration: lossy\nSELECT 1;');
  });

  afterAll(() => service.remove());

  it('are there after a way forth and back that says nothing of losses', () => {
    expect(rehearse(KEEPS)).toEqual([]);
  });

  it('are missed when one is changed or removed without a word, in whatever table', () => {
    expect(rehearse(CHANGES)).toEqual([
      expect.stringMatching(/^2_two: .*rows are not what they were[\s\S]*User\.name was "x"$/),
    ]);
    expect(rehearse(REMOVES)).toEqual([expect.stringMatching(/Post\.userId was 7/)]);
  });

  it('may go when the file says so', () => {
    expect(rehearse({ ...REMOVES, sql: `-- migration: lossy\n${REMOVES.sql}` })).toEqual([]);
    expect(rehearse({ ...REMOVES, down: `-- migration: lossy\n${REMOVES.down}` })).toEqual([]);
  });

  it('show what only works on empty tables', () => {
    const sql =
      kind === 'sqlite'
        ? 'CREATE TABLE "new" ("id" INTEGER NOT NULL, "age" INTEGER NOT NULL); INSERT INTO "new" ("id") SELECT "id" FROM "User"; DROP TABLE "new";'
        : 'ALTER TABLE "User" ADD COLUMN "age" INTEGER NOT NULL;';
    expect(rehearse({ sql, down: 'SELECT 1;' })).toEqual([
      expect.stringMatching(/with rows in the tables it fails: .*age/s),
    ]);
  });
});
