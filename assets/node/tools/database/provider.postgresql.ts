import pg from 'pg';
import { codeOf } from '../../src/platform/migrations/failure.js';
import { describeSchema } from './postgresql/describe.js';
import { holdServer } from './postgresql/server.js';
import type { HeldDatabase, Provider } from './provider-interface.js';

const DEVELOPMENT = 'dev';

export const provider: Provider = {
  holdDevelopmentDatabase,
  beside: inDatabase,
  create: (url, name) => create(url, name, undefined),
  clone: (template, name) => create(template, name, nameIn(template)),
  names: (url) =>
    on(inDatabase(url, 'postgres'), async (client) => {
      const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
      return rows.map(({ datname }) => datname);
    }),
  drop: (url) =>
    on(inDatabase(url, 'postgres'), (client) =>
      client.query(`DROP DATABASE IF EXISTS ${quoted(nameIn(url))} WITH (FORCE)`),
    ),
  empty,
  describe: (url) => on(url, describeSchema),
};

async function holdDevelopmentDatabase(): Promise<HeldDatabase> {
  const server = await holdServer();
  try {
    const url = await create(server.url('postgres'), DEVELOPMENT, undefined);
    return { url, release: async () => server.release() };
  } catch (error) {
    server.release();
    throw error;
  }
}

async function create(url: string, name: string, template: string | undefined): Promise<string> {
  const copy = template === undefined ? '' : ` TEMPLATE ${quoted(template)}`;
  await on(inDatabase(url, 'postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${quoted(name)}${copy}`);
  }).catch((error: unknown) => {
    // 42P04 and 23505: another verb created it in the same moment.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
  });
  return inDatabase(url, name);
}

async function empty(url: string): Promise<void> {
  const schema = quoted(new URL(url).searchParams.get('schema') ?? 'public');
  await on(url, (client) => client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`));
}

async function on<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function inDatabase(url: string, name: string): string {
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(name)}`;
  return target.href;
}

export function nameIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
