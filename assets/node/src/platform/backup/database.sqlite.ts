import { createReadStream, createWriteStream, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Database from 'libsql';
import { fileOf } from '../sqlite-url/file.js';
import type { BackupDatabase, Source } from './database-interface.js';
import { Failure, messageOf } from './failure.js';
import type { Contents, RowCount } from './manifest.js';

/** SQLite is part of the driver: whatever it writes, it reads. */
const VERSION = 3;

export const database: BackupDatabase = {
  kind: 'sqlite',

  open: async (url, { lockTimeout }) => new SqliteSource(fileOf(url), lockTimeout),

  placeOf: (url) => `sqlite ${fileOf(url)}`,

  contentsOf: async (url) => {
    const file = fileOf(url);
    return existsSync(file) ? reading(file, contents) : { rows: {}, schemaVersion: null };
  },

  versionsOf: async () => ({ server: VERSION, client: VERSION }),

  async restore(url, dump) {
    const target = fileOf(url);
    const folder = mkdtempSync(join(dirname(target), '.restore-'));
    try {
      const file = join(folder, basename(target));
      await pipeline(dump, createWriteStream(file));
      reading(file, verify);
      // What is written ahead belongs to the file that goes.
      for (const suffix of ['-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
      renameSync(file, target);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },

  empty: async (url) => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${fileOf(url)}${suffix}`, { force: true });
  },
};

/** A copy that SQLite itself makes of one moment, below the folder for temporary files. */
class SqliteSource implements Source {
  readonly serverVersion = VERSION;
  readonly clientVersion = VERSION;
  readonly #folder: string;
  readonly #copy: string;

  constructor(file: string, lockTimeout: number) {
    if (!existsSync(file)) throw new Failure(`There is no database ${file}. Correct its URL.`);
    this.#folder = mkdtempSync(join(tmpdir(), 'backup-'));
    this.#copy = join(this.#folder, 'copy.db');
    try {
      reading(file, (opened) => opened.exec(`VACUUM INTO '${this.#copy.replaceAll("'", "''")}'`), lockTimeout);
      reading(this.#copy, verify);
    } catch (error) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw error instanceof Failure
        ? error
        : new Failure(`${file} cannot be copied to ${this.#folder}: ${messageOf(error)}`);
    }
  }

  async contents(): Promise<Contents> {
    return reading(this.#copy, contents);
  }

  async *dump(signal: AbortSignal): AsyncIterable<Uint8Array> {
    yield* createReadStream(this.#copy, { signal });
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function verify(opened: Database.Database): void {
  const [row] = opened.prepare('PRAGMA integrity_check').all() as Record<string, unknown>[];
  const answer = String(Object.values(row ?? {})[0]);
  if (answer !== 'ok') throw new Failure(`The file is damaged: ${answer}`);
}

function contents(opened: Database.Database): Contents {
  const tables = opened
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
    )
    .all() as { name: string }[];
  const rows: Record<string, RowCount> = {};
  for (const { name } of tables) {
    const { count } = opened.prepare(`SELECT count(*) AS count FROM "${name.replaceAll('"', '""')}"`).get() as {
      count: number;
    };
    rows[name] = { least: count, most: count };
  }
  return { rows, schemaVersion: '_prisma_migrations' in rows ? schemaVersion(opened) : null };
}

function schemaVersion(opened: Database.Database): string | null {
  const { name } = opened
    .prepare(
      'SELECT max(migration_name) AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    .get() as { name: string | null };
  return name;
}

function reading<T>(file: string, work: (opened: Database.Database) => T, lockTimeout = 5_000): T {
  let opened: Database.Database;
  try {
    opened = new Database(file, { timeout: lockTimeout });
  } catch (error) {
    throw new Failure(`The database ${file} cannot be opened: ${messageOf(error)}`);
  }
  try {
    return work(opened);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      /is locked/.test(messageOf(error))
        ? `${file} stayed locked for ${lockTimeout} ms. Find the process that has it, or raise BACKUP_LOCK_TIMEOUT.`
        : `The database ${file} cannot be read: ${messageOf(error)}`,
    );
  } finally {
    opened.close();
  }
}
