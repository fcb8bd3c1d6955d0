import { type Connection, createConnection } from 'mariadb';
import { Failure } from '../../src/platform/migrations/failure.js';
import { settingsOf } from '../../src/platform/mysql-url/settings.js';
import { describeSchema } from './mysql/describe.js';
import type { Provider } from './provider-interface.js';

export const provider: Provider = {
  holdDevelopmentDatabase: async () => {
    throw new Failure(
      'DATABASE_URL is not set. MySQL and MariaDB do not come with npm: start one and set DATABASE_URL=mysql://user:password@host:3306/database.',
    );
  },
  beside: inDatabase,
  create: async (url, name) => {
    await on(url, (connection) => connection.query(`CREATE DATABASE IF NOT EXISTS ${connection.escapeId(name)}`));
    return inDatabase(url, name);
  },
  names: (url) =>
    on(url, async (connection) => {
      const rows: { name: string }[] = await connection.query(
        'SELECT schema_name AS name FROM information_schema.schemata',
      );
      return rows.map(({ name }) => name);
    }),
  drop: (url) =>
    on(url, (connection) => connection.query(`DROP DATABASE IF EXISTS ${connection.escapeId(nameIn(url))}`)),
  empty: (url) => on(url, dropEverything),
  describe: (url) => on(url, describeSchema),
};

async function dropEverything(connection: Connection): Promise<void> {
  const objects: { name: string; type: string }[] = await connection.query(
    'SELECT table_name AS name, table_type AS type FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  await connection.query('SET SESSION foreign_key_checks = 0');
  for (const { name, type } of objects) {
    await connection.query(`DROP ${type === 'VIEW' ? 'VIEW' : 'TABLE'} IF EXISTS ${connection.escapeId(name)}`);
  }
}

async function on<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ ...settingsOf(url), connectTimeout: 5_000 });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

function inDatabase(url: string, name: string): string {
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(name)}`;
  return target.href;
}

function nameIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
