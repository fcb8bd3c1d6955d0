import { createGunzip, createGzip } from 'node:zlib';
import { type Connection, createConnection } from 'mariadb';
import { settingsOf, tlsOf } from '../mysql-url/settings.js';
import { UrlProblem } from '../url-problem/problem.js';
import type { BackupDatabase, Limits, Source } from './database-interface.js';
import { AlreadyRunning, Failure, messageOf } from './failure.js';
import type { Contents, RowCount } from './manifest.js';
import { authoritiesFile, feed, majorVersionOf, outputOf, type Program } from './program.js';
import { through } from './streams.js';

/** Locks belong to the server; a backup holds that of its database. */
const LOCK = "CONCAT('backup:', LEFT(DATABASE(), 57))";

/** The last line of a dump that is whole. */
const END = /-- Dump completed(?: on .*)?\n$/;

export const database: BackupDatabase = {
  kind: 'mysql',

  async open(url, limits) {
    const connection = await connect(url, limits);
    try {
      return await MysqlSource.open(connection, url, limits);
    } catch (error) {
      await connection.end().catch(() => undefined);
      throw error;
    }
  },

  placeOf: (url) => {
    const { host, pathname } = new URL(url);
    return `mysql ${host}${pathname}`;
  },

  contentsOf: (url, limits) => withConnection(url, limits, contents),

  versionsOf: async (url, limits) => ({
    server: await withConnection(url, limits, serverVersion),
    client: await majorVersionOf('mariadb'),
  }),

  async restore(url, dump, signal) {
    await feed(programOf('mariadb', url, [databaseOf(url)]), through(dump, createGunzip()), signal);
  },

  empty: (url, limits) =>
    withConnection(url, limits, async (connection) => {
      const name = `\`${databaseOf(url).replaceAll('`', '``')}\``;
      await connection.query(`DROP DATABASE ${name}`);
      await connection.query(`CREATE DATABASE ${name}`);
    }),
};

/** Counts may change while a dump runs, so rows are counted on both sides of it. */
class MysqlSource implements Source {
  static async open(connection: Connection, url: string, limits: Limits): Promise<MysqlSource> {
    const [{ major: server, mariadb }, client] = [await versionOf(connection), await majorVersionOf('mariadb-dump')];
    if (mariadb && client < server) {
      throw new Failure(
        `The server has MariaDB ${server}, and mariadb-dump ${client}, which may not dump what is newer. Install client programs of version ${server} or later.`,
      );
    }
    const [locked] = await connection.query(`SELECT GET_LOCK(${LOCK}, 0) AS locked`);
    if (Number(locked?.locked) !== 1) throw new AlreadyRunning('another backup of this database is at work');
    const before = await contents(connection).catch((error: unknown) => heldTooLong(error, limits));
    return new MysqlSource(connection, url, server, client, before);
  }

  readonly serverVersion: number;
  readonly clientVersion: number;
  readonly #connection: Connection;
  readonly #url: string;
  readonly #before: Contents;

  private constructor(connection: Connection, url: string, server: number, client: number, before: Contents) {
    this.#connection = connection;
    this.#url = url;
    this.serverVersion = server;
    this.clientVersion = client;
    this.#before = before;
  }

  async contents(): Promise<Contents> {
    const after = await contents(this.#connection);
    const rows = Object.fromEntries(
      Object.entries(after.rows).map(([table, count]) => [table, span(count, this.#before.rows[table])]),
    );
    return { ...after, rows };
  }

  async *dump(signal: AbortSignal): AsyncIterable<Uint8Array> {
    const args = [
      '--single-transaction',
      '--quick',
      '--routines',
      '--triggers',
      '--events',
      '--hex-blob',
      '--no-tablespaces',
    ];
    const plain = outputOf(programOf('mariadb-dump', this.#url, [...args, databaseOf(this.#url)]), signal);
    yield* through(whole(plain), createGzip());
  }

  async close(): Promise<void> {
    await this.#connection.end().catch(() => undefined);
  }
}

/** Lets a dump pass, and fails where its last line is not the last line of a dump. */
async function* whole(dump: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let tail = Buffer.alloc(0);
  for await (const chunk of dump) {
    tail = Buffer.concat([tail, chunk]).subarray(-200);
    yield chunk;
  }
  if (!END.test(tail.toString('utf8'))) throw new Failure('The dump stops before its end.');
}

/** As the server says that somebody kept a table for longer than we wait. */
const LOCK_WAIT_TIMEOUT = 1205;

function heldTooLong(error: unknown, { lockTimeout }: Limits): never {
  if ((error as { errno?: number }).errno !== LOCK_WAIT_TIMEOUT) throw error;
  throw new Failure(
    `A table stayed locked for ${lockTimeout} ms, so it could not be dumped. Find who holds it with SHOW PROCESSLIST, or raise BACKUP_LOCK_TIMEOUT.`,
  );
}

/** What a dump has besides tables; of routines, what the login may see. */
const OBJECTS = {
  views: 'information_schema.views WHERE table_schema',
  triggers: 'information_schema.triggers WHERE trigger_schema',
  routines: 'information_schema.routines WHERE routine_schema',
  events: 'information_schema.events WHERE event_schema',
};

async function objects(connection: Connection): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, where] of Object.entries(OBJECTS)) {
    const [row] = await connection.query(`SELECT count(*) AS count FROM ${where} = DATABASE()`);
    counts[name] = Number(row?.count);
  }
  return counts;
}

function span(count: RowCount, before: RowCount = count): RowCount {
  return { least: Math.min(count.least, before.least), most: Math.max(count.most, before.most) };
}

async function contents(connection: Connection): Promise<Contents> {
  const tables: { name: string }[] = await connection.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1",
  );
  const rows: Record<string, RowCount> = {};
  for (const { name } of tables) {
    const [counted] = await connection.query(`SELECT count(*) AS count FROM \`${name.replaceAll('`', '``')}\``);
    const count = Number(counted?.count);
    rows[name] = { least: count, most: count };
  }
  const schema = await schemaVersion(connection, Object.keys(rows));
  return { rows, objects: await objects(connection), schemaVersion: schema };
}

async function schemaVersion(connection: Connection, tables: readonly string[]): Promise<string | null> {
  if (!tables.includes('_prisma_migrations')) return null;
  const [row] = await connection.query(
    'SELECT max(migration_name) AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return row?.name ?? null;
}

/** MySQL counts on its own: 8 of it is not older than 10 of MariaDB. */
async function versionOf(connection: Connection): Promise<{ readonly major: number; readonly mariadb: boolean }> {
  const [row] = await connection.query('SELECT VERSION() AS version');
  const version = String(row?.version);
  return { major: Number.parseInt(version, 10), mariadb: version.includes('MariaDB') };
}

async function serverVersion(connection: Connection): Promise<number> {
  return (await versionOf(connection)).major;
}

async function withConnection<T>(
  url: string,
  limits: Limits,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(url, limits);
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

async function connect(url: string, { connectTimeout, lockTimeout }: Limits): Promise<Connection> {
  try {
    const connection = await createConnection({
      ...settingsOf(url),
      connectTimeout,
      timezone: 'Z',
    });
    connection.on('error', () => undefined);
    await connection.query(`SET SESSION lock_wait_timeout = ${Math.max(1, Math.ceil(lockTimeout / 1000))}`);
    return connection;
  } catch (error) {
    if (error instanceof UrlProblem) throw error;
    throw new Failure(`${database.placeOf(url)} cannot be opened: ${messageOf(error)}. Start it, or correct its URL.`);
  }
}

/** The password goes by the environment: arguments can be listed by every user of the machine. */
function programOf(command: string, url: string, args: readonly string[]): Program {
  const { host, port, user, password, socketPath } = settingsOf(url);
  const way =
    socketPath === undefined
      ? ['--protocol=TCP', `--host=${host}`, `--port=${port}`]
      : ['--protocol=SOCKET', `--socket=${socketPath}`];
  return {
    command,
    args: ['--no-defaults', ...way, `--user=${user}`, ...encryptionOptions(url), ...args],
    env: { MYSQL_PWD: password },
  };
}

/** Said in full: from version 11.4 on programs verify who the server is by default, and before that never. */
function encryptionOptions(url: string): string[] {
  const encryption = tlsOf(url);
  if (encryption === undefined) return ['--skip-ssl'];
  const { isVerified, ca, cert, key } = encryption;
  return [
    '--ssl',
    ...(isVerified
      ? ['--ssl-verify-server-cert', `--ssl-ca=${ca ?? authoritiesFile()}`]
      : ['--skip-ssl-verify-server-cert']),
    ...(cert === undefined ? [] : [`--ssl-cert=${cert}`]),
    ...(key === undefined ? [] : [`--ssl-key=${key}`]),
  ];
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
