import { PassThrough } from 'node:stream';
import type pg from 'pg';
import type { BackupDatabase, Limits, Source } from './database-interface.js';
import { AlreadyRunning, Failure, messageOf } from './failure.js';
import type { Contents, RowCount } from './manifest.js';
import { connect, databaseOf, environmentOf, placeOf, withClient } from './postgresql/libpq.js';
import { feed, majorVersionOf, outputOf, type Program } from './program.js';

/** The key of the advisory lock that a backup holds; `hashtext('backup')` would differ between versions. */
const LOCK = 1_650_879_077;

const SYSTEM = "('pg_catalog', 'information_schema', 'pg_toast')";

export const database: BackupDatabase = {
  kind: 'postgresql',

  async open(url, limits) {
    const client = await connect(url, limits);
    try {
      return await PostgresSource.open(client, url, limits);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  },

  placeOf,

  contentsOf: (url, limits) => withClient(url, limits, contents),

  versionsOf: async (url, limits) => ({
    server: await withClient(url, limits, serverVersion),
    client: await majorVersionOf('pg_restore'),
  }),

  async restore(url, dump, signal) {
    // One transaction: what fails leaves the target as it was.
    const options = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges'];
    const args = ['--no-password', ...options, `--dbname=${databaseOf(url)}`];
    await feed({ command: 'pg_restore', args, env: environmentOf(url) }, dump, signal);
  },

  empty: (url, limits) =>
    withClient(url, limits, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname NOT IN ${SYSTEM} AND nspname !~ '^pg_'`,
      );
      for (const { name } of rows) await client.query(`DROP SCHEMA ${name} CASCADE`);
      await client.query('CREATE SCHEMA public');
    }),
};

class PostgresSource implements Source {
  static async open(client: pg.Client, url: string, limits: Limits): Promise<PostgresSource> {
    const [server, dump] = await Promise.all([serverVersion(client), majorVersionOf('pg_dump')]);
    if (dump < server) {
      throw new Failure(
        `The server has PostgreSQL ${server}, and pg_dump ${dump}, which cannot dump what is newer. Install client programs of version ${server} or later.`,
      );
    }
    const locked = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (locked.rows[0]?.locked !== true) throw new AlreadyRunning('another backup of this database is at work');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const snapshot = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    return new PostgresSource(client, url, limits, server, dump, snapshot.rows[0]?.id ?? '');
  }

  readonly serverVersion: number;
  readonly clientVersion: number;
  readonly #client: pg.Client;
  readonly #url: string;
  readonly #limits: Limits;
  readonly #snapshot: string;
  #contents: Promise<Contents> | undefined;

  private constructor(client: pg.Client, url: string, limits: Limits, server: number, dump: number, snapshot: string) {
    this.#client = client;
    this.#url = url;
    this.#limits = limits;
    this.serverVersion = server;
    this.clientVersion = dump;
    this.#snapshot = snapshot;
  }

  /** Counted beside the dump, which leaves this connection idle, and of the same moment. */
  contents(): Promise<Contents> {
    this.#contents ??= contents(this.#client);
    return this.#contents;
  }

  /** What passes is also read by `pg_restore --list`, which finds what is no archive at all. */
  async *dump(signal: AbortSignal): AsyncIterable<Uint8Array> {
    const args = ['--format=custom', `--snapshot=${this.#snapshot}`, `--lock-wait-timeout=${this.#limits.lockTimeout}`];
    // Whoever asks for it hears of its failure.
    this.contents().catch(() => undefined);
    const reader = new PassThrough();
    // It leaves when it has the table of contents, with most of the archive unread.
    reader.on('error', () => undefined);
    const listing = feed(LIST, reader, signal, { mayLeaveEarly: true }).finally(() => reader.destroy());
    listing.catch(() => undefined);
    try {
      for await (const chunk of outputOf(dumpOf(this.#url, args), signal)) {
        if (!reader.destroyed && !reader.write(chunk)) await drained(reader);
        yield chunk;
      }
    } catch (error) {
      throw /LOCK TABLE/.test(messageOf(error)) ? locked(error, this.#limits) : error;
    } finally {
      reader.end();
    }
    const entries = (await listing).split('\n').filter((line) => /^\d+; /.test(line));
    if (entries.length === 0 && Object.keys((await this.contents()).rows).length > 0) {
      throw new Failure('pg_restore finds nothing in the dump, although the database has tables.');
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

function locked(error: unknown, { lockTimeout }: Limits): Failure {
  return new Failure(
    `A table stayed locked for ${lockTimeout} ms, so it could not be dumped. Find who holds it in pg_locks, or raise BACKUP_LOCK_TIMEOUT. ${messageOf(error)}`,
  );
}

async function contents(client: pg.Client): Promise<Contents> {
  const tables = await client.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_catalog.pg_tables
     WHERE schemaname NOT IN ${SYSTEM} ORDER BY 1`,
  );
  const rows: Record<string, RowCount> = {};
  for (const { name } of tables.rows) {
    const { rows: counted } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ONLY ${name}`);
    const count = Number(counted[0]?.count);
    rows[name] = { least: count, most: count };
  }
  return { rows, schemaVersion: await schemaVersion(client, Object.keys(rows)) };
}

async function schemaVersion(client: pg.Client, tables: readonly string[]): Promise<string | null> {
  const history = tables.find((name) => name.endsWith('._prisma_migrations'));
  if (history === undefined) return null;
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT max(migration_name) AS name FROM ${history} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return rows[0]?.name ?? null;
}

async function serverVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
  return Math.floor(Number(rows[0]?.version) / 10_000);
}

const LIST: Program = { command: 'pg_restore', args: ['--list'], env: {} };

function dumpOf(url: string, args: readonly string[]): Program {
  return { command: 'pg_dump', args: ['--no-password', ...args], env: environmentOf(url) };
}
