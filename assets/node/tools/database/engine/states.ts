import { driver } from '../../../src/platform/migrations/driver.js';
import { Failure, withoutSecrets } from '../../../src/platform/migrations/failure.js';
import type { MigrationFile } from '../../../src/platform/migrations/files.js';
import { readSchema, type SchemaFile } from '../service.js';
import { readToolSettings } from '../settings.js';
import { openConnector } from './connector.js';
import { type Change, type ChangeFrom, changeOf, type Diffing, lockfile } from './diff.js';
import { type Engine, engineMessage, guarded, openEngine } from './engine.js';
import { openNativeEngine } from './native.js';

/** A database, and the migrations that brought it where it is. */
export interface State {
  readonly url: string;
  readonly migrations: readonly MigrationFile[];
}

type Target = Parameters<Engine['diff']>[0]['from'];

interface Comparison {
  readonly engine: Diffing;
  readonly from: Target;
  readonly to: Target;
  close(): Promise<void>;
}

const NOTHING = /^(\s|--[^\n]*(\n|$))*$/;
const BOOKKEEPING = ['_prisma_migrations', '_migration_journal'];

/** The SQL that leads from one state to another; `undefined` when there is no difference that Prisma can see. */
export async function changeBetween(from: State, to: State): Promise<ChangeFrom | undefined> {
  return await compare(from.url, await open(from, to));
}

/** The same from a database to the models. */
export async function changeToModels(url: string, schema: readonly SchemaFile[]): Promise<Change | undefined> {
  return await compare(url, { ...(await openOn(url)), from: databaseTarget(), to: modelsTarget(schema) });
}

/** The same from nothing to the models, and back. */
export async function changeFromNothing(
  url: string,
  schema: readonly SchemaFile[],
): Promise<{ forth: Change; back: Change | undefined }> {
  const nothing: Target = { tag: 'empty' };
  const forth = await compare(url, { ...(await openOn(url)), from: nothing, to: modelsTarget(schema) });
  if (forth === undefined) throw new Failure('The models are empty. Write them into prisma/schema/.');
  return { forth, back: await compare(url, { ...(await openOn(url)), from: modelsTarget(schema), to: nothing }) };
}

async function openOn(url: string): Promise<Pick<Comparison, 'engine' | 'close'>> {
  if (readToolSettings().schemaEngine === 'native') return await openNativeEngine(url);
  return await openEngine({ connector: openConnector({ url, shadowUrl: undefined }) });
}

function modelsTarget(schema: readonly SchemaFile[]): Target {
  return { tag: 'schemaDatamodel', files: schema.map(({ path, content }) => ({ path, content })) };
}

function open(from: State, to: State): Promise<Comparison> {
  return readToolSettings().schemaEngine === 'native' ? replayed(from, to) : inspected(from, to);
}

/** Looks at both databases: of "no migrations", the engine knows what is in the shadow database it is given. */
async function inspected(from: State, to: State): Promise<Comparison> {
  const connector = openConnector({ url: from.url, shadowUrl: undefined });
  const { factory } = openConnector({ url: to.url, shadowUrl: undefined });
  const { engine, close } = await openEngine({
    connector: { ...connector, factory: { ...connector.factory, connectToShadowDb: () => factory.connect() } },
  });
  return { engine, from: databaseTarget(), to: migrationsTarget([]), close };
}

/** The native engine makes its own connections, and empties a shadow database before it looks. */
async function replayed(from: State, to: State): Promise<Comparison> {
  const { engine, close } = await openNativeEngine(from.url);
  return { engine, from: migrationsTarget(from.migrations), to: migrationsTarget(to.migrations), close };
}

async function compare(url: string, { engine, from, to, close }: Comparison): Promise<ChangeFrom | undefined> {
  const externalTables = BOOKKEEPING.map((name) => (driver.provider === 'postgresql' ? `public.${name}` : name));
  const diff = async (source: Target, target: Target, script: boolean) => {
    const filters = { externalTables, externalEnums: [] };
    const answer = await guarded(() => engine.diff({ from: source, to: target, script, exitCode: null, filters }));
    return answer.stdout ?? '';
  };
  try {
    const sql = mended(unqualified(await diff(from, to, true)));
    if (NOTHING.test(sql)) return undefined;
    const tables = async () => unqualified(await diff({ tag: 'empty' }, from, true));
    return await changeOf(sql, await diff(from, to, false), tables);
  } catch (error) {
    throw new Failure(withoutSecrets(engineMessage(error), url).replace(/\n\s+\d+: schema_engine[\s\S]*$/, ''));
  } finally {
    await close();
  }
}

/** The database that the engine is connected to, and of its schemas those that the models are in. */
function databaseTarget(): Target {
  const schemas = readSchema().flatMap(({ content }) => /^\s*schemas\s*=.*$/m.exec(content)?.[0] ?? []);
  const content = `datasource db {\n  provider = "${driver.provider}"\n${schemas.slice(0, 1).join('')}\n}\n`;
  return { tag: 'schemaDatasource', files: [{ path: 'datasource.prisma', content }], configDir: '.' };
}

function migrationsTarget(migrations: readonly MigrationFile[]): Target {
  return {
    tag: 'migrations',
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: lockfile() },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ id, sql }) => ({
      path: id,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** The engine writes an order into indexes of kinds that have none. */
function mended(sql: string): string {
  return sql.replaceAll(/USING (?:HASH|GIN|GIST|SPGIST|BRIN) \([^;]*\)/g, (index) =>
    index.replaceAll(/ (ASC|DESC)\b/g, ''),
  );
}

/** In one schema the engine's names of what it found can go without "public", wherever the tables are. */
function unqualified(sql: string): string {
  return readSchema().some(({ content }) => /^\s*schemas\s*=/m.test(content)) ? sql : sql.replaceAll('"public".', '');
}
