import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.sqlite.js';
import { inLane } from '../tools/lane.js';
import { describeFailures } from './failures.js';
import { describeLifecycle } from './lifecycle.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newFile = (name = `${++files}.db`) => `file:${join(folder, name)}`;

function execute(url: string, sql: string): void {
  const opened = new Database(url.slice('file:'.length));
  opened.exec(sql);
  opened.close();
}

describe('a backup of SQLite', () => {
  describeLifecycle(async () => ({
    database,
    table: 'customer',
    filled: async () => {
      const url = newFile();
      execute(
        url,
        `CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('Ada'), ('Grace');
         CREATE TABLE _prisma_migrations (migration_name TEXT, finished_at TEXT, rolled_back_at TEXT);
         INSERT INTO _prisma_migrations VALUES ('20260101000000_init', 'now', NULL)`,
      );
      return url;
    },
    empty: async () => {
      const url = newFile();
      execute(url, 'VACUUM');
      return url;
    },
    scratch: async () => newFile(`${++files}-drill.db`),
    names: async (url) => {
      const opened = new Database(url.slice('file:'.length));
      const rows = opened.prepare('SELECT name FROM customer ORDER BY 1').all() as { name: string }[];
      opened.close();
      return rows.map(({ name }) => name);
    },
  }));

  describe.runIf(inLane('backup'))('that fails', () => {
    describeFailures(
      async () => ({
        database,
        filled: async () => {
          const url = newFile();
          execute(url, "CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('Ada')");
          return url;
        },
        enlarge: async (url) =>
          execute(
            url,
            `CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             SELECT randomblob(64) AS noise FROM n`,
          ),
        lock: async (url) => {
          const holder = new Database(url.slice('file:'.length));
          holder.exec('BEGIN EXCLUSIVE');
          return async () => {
            holder.close();
          };
        },
      }),
      { server: false },
    );
  });

  it('of a file that is damaged is refused', async () => {
    const url = newFile();
    writeFileSync(url.slice('file:'.length), 'this is no database, and never was one');
    const limits = { connectTimeout: 1_000, lockTimeout: 1_000 };
    await expect(database.open(url, limits)).rejects.toThrow('cannot be');
    await expect(database.open(newFile(), limits)).rejects.toThrow('There is no database');
  });
});
