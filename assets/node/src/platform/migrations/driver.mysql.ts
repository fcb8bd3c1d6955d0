import { type Connection, createConnection } from 'mariadb';
import { settingsOf } from '../mysql-url/settings.js';
import { codeOf } from './failure.js';
import type { Driver, Parameter, Row, Session, SessionOptions } from './session.js';

/** The name of Prisma's own lock, so that its CLI and this runner wait for each other. */
const LOCK = 'prisma_migrate';

/** Errors of DDL that says: it is there already, or it is gone already. */
const DONE = new Set([1007, 1008, 1050, 1051, 1060, 1061, 1068, 1091, 1146, 1826]);

export const driver: Driver = { provider: 'mysql', schemes: ['mysql', 'mariadb'], open };

async function open(url: string, options: SessionOptions): Promise<Session> {
  const parsed = new URL(url);
  const settings = settingsOf(url);
  const connection = await createConnection({
    ...settings,
    connectTimeout: options.connectTimeout,
    multipleStatements: true,
    timezone: 'Z',
  });
  connection.on('error', () => undefined);
  const session = new MysqlSession(connection, options, `${parsed.host}${parsed.pathname}`);
  await session.reset();
  return session;
}

class MysqlSession implements Session {
  readonly transactionalDdl = false;
  readonly now = 'UTC_TIMESTAMP(3)';
  readonly place: string;
  readonly create = {
    history: `CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at DATETIME(3),
      migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
      started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
      ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    journal: `CREATE TABLE IF NOT EXISTS _migration_journal (
      migration_name VARCHAR(255) PRIMARY KEY NOT NULL, down_sql LONGTEXT, error LONGTEXT
      ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  };
  readonly #connection: Connection;
  readonly #options: SessionOptions;

  constructor(connection: Connection, options: SessionOptions, place: string) {
    this.#connection = connection;
    this.#options = options;
    this.place = `mysql ${place}`;
  }

  table(name: string): string {
    return `\`${name}\``;
  }

  async query(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const result: unknown = await this.#connection.query(sql, [...parameters]);
    return Array.isArray(result) ? (result as Row[]) : [];
  }

  async script(sql: string): Promise<void> {
    await this.#connection.query(sql);
  }

  /** For rows only: every DDL statement commits by itself. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#connection.beginTransaction();
    try {
      const result = await work();
      await this.#connection.commit();
      return result;
    } catch (error) {
      await this.#connection.rollback().catch(() => undefined);
      throw error;
    }
  }

  async tableExists(name: string): Promise<boolean> {
    const rows = await this.query(
      'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
      [name],
    );
    return rows.length > 0;
  }

  async lock(timeout: number): Promise<boolean> {
    const [row] = await this.query('SELECT GET_LOCK(?, ?) AS locked', [LOCK, Math.ceil(timeout / 1000)]);
    return Number(row?.['locked']) === 1;
  }

  async reset(): Promise<void> {
    const seconds = Math.max(1, Math.ceil(this.#options.lockTimeout / 1000));
    await this.script(`SET SESSION lock_wait_timeout = ${seconds}, SESSION innodb_lock_wait_timeout = ${seconds},
      SESSION foreign_key_checks = 1, SESSION autocommit = 1`);
    if (this.#connection.info?.isMariaDB()) {
      await this.script(`SET SESSION max_statement_time = ${this.#options.statementTimeout / 1000}`);
    }
  }

  async repair(): Promise<boolean> {
    return false;
  }

  alreadyDone(error: unknown): boolean {
    const number = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : codeOf(error);
    return DONE.has(Number(number));
  }

  async close(): Promise<void> {
    await this.#connection.end().catch(() => undefined);
  }
}
