import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { parameterProblem } from '../postgresql-url/parameters.js';
import { Failure } from './failure.js';
import type { Driver, Parameter, Row, Session, SessionOptions } from './session.js';
import { withoutComments } from './statements.js';

/** The key of Prisma's own advisory lock, so that its CLI and this runner wait for each other. */
const LOCK = 72707369;

export const driver: Driver = { provider: 'postgresql', schemes: ['postgresql', 'postgres'], open };

async function open(url: string, options: SessionOptions): Promise<Session> {
  const parsed = new URL(url);
  const problem = parameterProblem(url);
  if (problem !== undefined)
    throw new Failure(`The URL of the database at ${parsed.host}${parsed.pathname} ${problem}.`);
  const schema = parsed.searchParams.get('schema') ?? 'public';
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: options.connectTimeout,
    application_name: 'migrations',
  });
  // A server that goes away also rejects the query at work; without a listener the process would die before it is told.
  client.on('error', () => undefined);
  await client.connect();
  const pooled = await isPooled(client);
  const session = new PostgresSession(client, schema, options, `${parsed.host}${parsed.pathname}`, pooled);
  if (!pooled) await session.reset();
  return session;
}

/** A pooler makes up the number of the process that a client is told. */
async function isPooled(client: pg.Client & { readonly processID?: number }): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid !== client.processID;
}

class PostgresSession implements Session {
  readonly transactionalDdl = true;
  readonly now = 'clock_timestamp()';
  readonly place: string;
  readonly pooled: boolean;
  readonly #client: pg.Client;
  readonly #schema: string;
  readonly #options: SessionOptions;

  constructor(client: pg.Client, schema: string, options: SessionOptions, place: string, pooled: boolean) {
    this.#client = client;
    this.#schema = schema;
    this.#options = options;
    this.pooled = pooled;
    this.place = `postgresql ${place}`;
  }

  get create() {
    return {
      history: `CREATE TABLE IF NOT EXISTS ${this.table('_prisma_migrations')} (
        id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
        migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
        started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`,
      journal: `CREATE TABLE IF NOT EXISTS ${this.table('_migration_journal')} (
        migration_name VARCHAR(255) PRIMARY KEY NOT NULL, down_sql TEXT, error TEXT)`,
    };
  }

  table(name: string): string {
    return `${quote(this.#schema)}.${quote(name)}`;
  }

  async query(sql: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    let position = 0;
    const numbered = sql.replaceAll('?', () => {
      position += 1;
      return `$${position}`;
    });
    const result = await this.#client.query<Row>(numbered, [...parameters]);
    return result.rows;
  }

  async script(sql: string): Promise<void> {
    await this.#client.query(sql);
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#client.query('BEGIN');
    try {
      const result = await work();
      await this.#client.query('COMMIT');
      return result;
    } catch (error) {
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  async tableExists(name: string): Promise<boolean> {
    const rows = await this.query('SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = ?', [
      this.#schema,
      name,
    ]);
    return rows.length > 0;
  }

  async keepToOwner(name: string): Promise<void> {
    const writers = await this.query(
      `SELECT DISTINCT coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC') AS name
       FROM pg_catalog.pg_class c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
         LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
       WHERE c.oid = pg_catalog.to_regclass(?) AND a.grantee <> c.relowner
         AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
         AND pg_catalog.pg_has_role(c.relowner, 'USAGE')`,
      [this.table(name)],
    );
    for (const writer of writers) {
      await this.script(
        `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${this.table(name)} FROM ${String(writer['name'])}`,
      );
    }
  }

  /** Asks again and again: waiting inside of a statement would hold a snapshot that CREATE INDEX CONCURRENTLY waits for. */
  async lock(timeout: number): Promise<boolean> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const [row] = await this.query('SELECT pg_catalog.pg_try_advisory_lock(?) AS locked', [LOCK]);
      if (row?.['locked'] === true) return true;
      if (Date.now() > deadline) return false;
      await sleep(200);
    }
  }

  async reset(): Promise<void> {
    await this.#client.query(`RESET SESSION AUTHORIZATION; RESET ALL; SET search_path = ${quote(this.#schema)};
      SET lock_timeout = ${this.#options.lockTimeout}; SET statement_timeout = ${this.#options.statementTimeout}`);
    // The server then soon ends what a killed runner was doing, and gives its lock back. Not every system can.
    await this.#client
      .query(
        "SELECT set_config(name, '1000', false) FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'",
      )
      .catch(() => undefined);
  }

  async unbounded(): Promise<void> {
    await this.#client.query('SET lock_timeout = 0; SET statement_timeout = 0');
  }

  /** A killed CREATE INDEX CONCURRENTLY leaves an invalid index behind, which only gets in the way. */
  async repair(statement: string): Promise<boolean> {
    const index =
      /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?((?:"[^"]+"|[\w.])+)\s+on\b/i;
    const name = index.exec(withoutComments(statement))?.[1];
    if (name === undefined) return false;
    const [row] = await this.query(
      `SELECT i.indisvalid AS valid, i.indexrelid::pg_catalog.regclass::text AS name
       FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass(?)`,
      [name],
    );
    if (row === undefined) return false;
    if (row['valid'] === true) return true;
    await this.#client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${String(row['name'])}`);
    return false;
  }

  alreadyDone(): boolean {
    return false;
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
