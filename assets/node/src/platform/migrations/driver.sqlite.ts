import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { fileOf } from '../sqlite-url/file.js';
import { Failure } from './failure.js';
import type { Driver, Parameter, Row, Session, SessionOptions } from './session.js';

export const driver: Driver = { provider: 'sqlite', schemes: ['file'], open };

async function open(url: string, options: SessionOptions): Promise<Session> {
  const file = fileOf(url);
  if (!existsSync(dirname(file))) {
    throw new Failure(`The folder of the database ${file} does not exist. Create it, or correct DATABASE_URL.`);
  }
  const database = new Database(file, { timeout: options.lockTimeout });
  const session = new SqliteSession(database, file);
  await session.reset();
  return session;
}

class SqliteSession implements Session {
  readonly transactionalDdl = true;
  readonly now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  readonly place: string;
  readonly create = {
    history: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
      "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
      "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
    journal: `CREATE TABLE IF NOT EXISTS "_migration_journal" (
      "migration_name" TEXT PRIMARY KEY NOT NULL, "down_sql" TEXT, "error" TEXT)`,
  };
  readonly #database: Database.Database;

  constructor(database: Database.Database, file: string) {
    this.#database = database;
    this.place = `sqlite ${file}`;
  }

  table(name: string): string {
    return `"${name}"`;
  }

  async query(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const statement = this.#database.prepare(sql);
    if (statement.reader) return statement.all(...parameters) as Row[];
    statement.run(...parameters);
    return [];
  }

  async script(sql: string): Promise<void> {
    this.#database.exec(sql);
  }

  /**
   * As sqlite.org/lang_altertable.html has it: foreign keys are off while tables are redefined, because dropping the old
   * table would cascade, and are checked before the commit.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    this.#database.exec('PRAGMA foreign_keys = OFF');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const before = this.#violations();
      const result = await work();
      const broken = this.#violations().filter((violation) => !before.includes(violation));
      if (broken.length > 0) throw new Failure(`Rows would point at rows that do not exist: ${broken.join(', ')}.`);
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#database.exec('PRAGMA foreign_keys = ON');
    }
  }

  #violations(): string[] {
    const rows = this.#database.prepare('PRAGMA foreign_key_check').all() as Row[];
    return rows.map((row) => `${String(row['table'])} row ${String(row['rowid'])} to ${String(row['parent'])}`);
  }

  async tableExists(name: string): Promise<boolean> {
    return (await this.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name])).length > 0;
  }

  /** Nothing to hold: each migration is one transaction that starts by taking the only write lock there is. */
  async lock(): Promise<boolean> {
    return true;
  }

  async reset(): Promise<void> {
    this.#database.exec('PRAGMA foreign_keys = ON');
  }

  async repair(): Promise<boolean> {
    return false;
  }

  alreadyDone(): boolean {
    return false;
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
