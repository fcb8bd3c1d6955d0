import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { Connector, ConnectorOptions } from './connector-interface.js';
import { assertDifferent } from './shadow.js';

/** OID of `"char"`, a type of the system catalogues that the adapter does not know; `bpchar` reads the same. */
const CHAR = 18;
const BPCHAR = 1042;

export function openConnector({ url, shadowUrl }: ConnectorOptions): Connector {
  const schema = new URL(url).searchParams.get('schema') ?? undefined;
  const name = nameIn(url);
  const open = (target: string) => openAdapter(target, schema);
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(url),
    connectToShadowDb: () =>
      shadowUrl === undefined ? openNewShadow(url, open) : openNamedShadow(url, shadowUrl, open),
  };
  return {
    factory,
    name,
    exists: async () => (await administer(url, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])).length > 0,
    create: async () => void (await administer(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)),
    drop: async () => void (await administer(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)),
  };
}

/** The adapter's own shadow database is the main one if it was given a connection string, so it never gets to make one. */
async function openNewShadow(
  url: string,
  open: (target: string) => Promise<SqlDriverAdapter>,
): Promise<SqlDriverAdapter> {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  await administer(url, `CREATE DATABASE "${name}"`);
  const drop = () => administer(url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  try {
    const shadow = await open(inDatabase(url, name));
    await assertDifferent(url, inDatabase(url, name));
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await drop();
    };
    return shadow;
  } catch (error) {
    await drop();
    throw error;
  }
}

async function openNamedShadow(
  url: string,
  shadowUrl: string,
  open: (target: string) => Promise<SqlDriverAdapter>,
): Promise<SqlDriverAdapter> {
  await assertDifferent(url, shadowUrl);
  const shadow = await open(shadowUrl);
  await shadow.executeScript('DROP SCHEMA IF EXISTS "public" CASCADE; CREATE SCHEMA "public";');
  return shadow;
}

async function openAdapter(url: string, schema: string | undefined): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(
    { connectionString: url, max: 2 },
    schema === undefined ? {} : { schema },
  ).connect();
  // The adapter cuts scripts at every semicolon, also at those in functions and strings; the server knows better.
  adapter.executeScript = async (script) => {
    await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  };
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => withCharColumns(await startTransaction(level));
  return withCharColumns(adapter);
}

type Result = { fields?: { dataTypeID: number }[] };

/** Relabels `"char"` columns on their way in, and tells the engine that they are single characters on their way out. */
function withCharColumns<T extends SqlQueryable>(queryable: T): T {
  const inner = queryable as T & { performIO(query: object): Promise<Result> };
  const performIO = inner.performIO.bind(inner);
  const queryRaw = queryable.queryRaw.bind(queryable);
  const chars = new WeakMap<object, number[]>();
  inner.performIO = async (query) => {
    const result = await performIO(query);
    const fields = result.fields ?? [];
    chars.set(
      query,
      fields.flatMap((field, index) => (field.dataTypeID === CHAR ? [index] : [])),
    );
    for (const field of fields) if (field.dataTypeID === CHAR) field.dataTypeID = BPCHAR;
    return result;
  };
  queryable.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of chars.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return queryable;
}

export function inDatabase(url: string, name: string): string {
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(name)}`;
  return target.href;
}

function nameIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** On the maintenance database: one cannot create or drop the database one is connected to. */
function administer(url: string, sql: string, parameters: readonly string[] = []) {
  return query(inDatabase(url, 'postgres'), sql, parameters);
}

async function query(url: string, sql: string, parameters: readonly string[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
