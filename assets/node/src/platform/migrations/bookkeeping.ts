import { randomUUID } from 'node:crypto';
import type { MigrationFile } from './files.js';
import type { Row, Session } from './session.js';

/** A row of Prisma's `_prisma_migrations` that still counts. */
export interface Applied {
  readonly id: string;
  readonly checksum: string;
  readonly finished: boolean;
  /** Statements that are done, where they are counted one by one. */
  readonly steps: number;
  readonly error: string | undefined;
}

/** What Prisma's table has no room for: the way back, and why the last attempt failed. */
export interface JournalEntry {
  readonly id: string;
  readonly down: string | undefined;
  readonly error: string | undefined;
}

const HISTORY = '_prisma_migrations';
/** Begins the log of a migration whose way back was begun and not finished. */
export const GOING_BACK = 'The way back was begun and is not finished.';

const JOURNAL = '_migration_journal';

/** The bookkeeping of one database: Prisma's table, and ours next to it. */
export class Bookkeeping {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Creates the tables that are not there. A way back that is stored in them is run by the owner, so nobody else may write it. */
  async prepare(): Promise<void> {
    const { create } = this.#session;
    if (!(await this.#session.tableExists(HISTORY))) await this.#session.query(create.history);
    if (!(await this.#session.tableExists(JOURNAL))) await this.#session.query(create.journal);
    for (const name of [HISTORY, JOURNAL]) await this.#session.keepToOwner?.(name);
  }

  async applied(): Promise<Applied[]> {
    if (!(await this.#session.tableExists(HISTORY))) return [];
    const rows = await this.#session.query(
      `SELECT migration_name, checksum, finished_at, applied_steps_count, logs FROM ${this.#history}
       WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
    );
    return rows.map((row) => ({
      id: String(row['migration_name']),
      checksum: String(row['checksum']),
      finished: row['finished_at'] !== null,
      steps: Number(row['applied_steps_count']),
      error: text(row, 'logs'),
    }));
  }

  async journal(): Promise<Map<string, JournalEntry>> {
    if (!(await this.#session.tableExists(JOURNAL))) return new Map();
    const rows = await this.#session.query(`SELECT migration_name, down_sql, error FROM ${this.#journal}`);
    return new Map(
      rows.map((row) => {
        const id = String(row['migration_name']);
        return [id, { id, down: text(row, 'down_sql'), error: text(row, 'error') }];
      }),
    );
  }

  async begin(migration: MigrationFile): Promise<void> {
    await this.#session.query(
      `INSERT INTO ${this.#history} (id, checksum, migration_name, started_at, applied_steps_count)
       VALUES (?, ?, ?, ${this.#session.now}, 0)`,
      [randomUUID(), migration.checksum, migration.id],
    );
    await this.remember(migration.id, migration.down, undefined);
  }

  async step(id: string, done: number): Promise<void> {
    await this.#session.query(
      `UPDATE ${this.#history} SET applied_steps_count = ? WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [done, id],
    );
  }

  async finish(id: string): Promise<void> {
    await this.#session.query(
      `UPDATE ${this.#history} SET finished_at = ${this.#session.now}, applied_steps_count = 1, logs = NULL
       WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [id],
    );
  }

  /** Removes the trace of an attempt that left nothing else behind. */
  async discard(id: string): Promise<void> {
    await this.#session.query(
      `DELETE FROM ${this.#history} WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [id],
    );
  }

  /** Notes that a way back began, where it cannot be one transaction with its bookkeeping. */
  async reopen(id: string): Promise<void> {
    await this.#session.query(
      `UPDATE ${this.#history} SET finished_at = NULL, logs = ? WHERE migration_name = ? AND rolled_back_at IS NULL`,
      [GOING_BACK, id],
    );
  }

  async fail(id: string, error: string): Promise<void> {
    await this.#session.query(
      `UPDATE ${this.#history} SET logs = ? WHERE migration_name = ? AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [error, id],
    );
  }

  async forget(id: string): Promise<void> {
    await this.#session.query(`DELETE FROM ${this.#history} WHERE migration_name = ?`, [id]);
    await this.#session.query(`DELETE FROM ${this.#journal} WHERE migration_name = ?`, [id]);
  }

  async remember(id: string, down: string | undefined, error: string | undefined): Promise<void> {
    await this.#session.query(`DELETE FROM ${this.#journal} WHERE migration_name = ?`, [id]);
    await this.#session.query(`INSERT INTO ${this.#journal} (migration_name, down_sql, error) VALUES (?, ?, ?)`, [
      id,
      down ?? null,
      error ?? null,
    ]);
  }

  get #history(): string {
    return this.#session.table(HISTORY);
  }

  get #journal(): string {
    return this.#session.table(JOURNAL);
  }
}

function text(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
