import { driver } from '../../../src/platform/migrations/driver.js';
import { Failure, withoutSecrets } from '../../../src/platform/migrations/failure.js';
import type { MigrationFile } from '../../../src/platform/migrations/files.js';
import { fillRequired } from '../required.js';
import type { SchemaFile } from '../service.js';
import { readToolSettings } from '../settings.js';
import { openConnector } from './connector.js';
import { type Engine, engineMessage, guarded, openEngine } from './engine.js';
import { losses } from './loss.js';
import { openNativeEngine } from './native.js';
import { lossesOfRedefinition } from './redefined.js';

/** The SQL from one schema to another, and in words what it loses. */
export interface Change {
  readonly sql: string;
  readonly losses: readonly string[];
}

/** With the tables it starts from, as CREATE TABLE statements, where it makes some anew or stricter. */
export interface ChangeFrom extends Change {
  readonly tables: string;
}

const NEEDS_TABLES = /INSERT INTO "new_| SET NOT NULL/;

/** What the engine answered, read: the SQL and, in its words, what it does. */
export async function changeOf(sql: string, summary: string, tables: () => Promise<string>): Promise<ChangeFrom> {
  const before = NEEDS_TABLES.test(sql) ? await tables() : '';
  return { sql, losses: [...losses(summary, sql), ...lossesOfRedefinition(sql, before)], tables: before };
}

/** An engine that compares, in this process or beside it. */
export interface Diffing {
  diff(params: Parameters<Engine['diff']>[0]): Promise<{ exitCode: number; stdout: string | null }>;
}

interface OpenDiffing {
  readonly engine: Diffing;
  close(): Promise<void>;
}

type Target = Parameters<Engine['diff']>[0]['from'];

const EMPTY = /^(\s|--[^\n]*(\n|$))*$/;

/** Compares the models with what the migrations make. */
export class Differ {
  readonly #opened: OpenDiffing;
  readonly #url: string;

  private constructor(opened: OpenDiffing, url: string) {
    this.#opened = opened;
    this.#url = url;
  }

  static async open(url: string): Promise<Differ> {
    try {
      return new Differ(await openEngineOn(url), url);
    } catch (error) {
      throw error instanceof Failure ? error : failure(error, url);
    }
  }

  /** From the migrations to the models; `undefined` when there is nothing to do. */
  forth(migrations: readonly MigrationFile[], schema: readonly SchemaFile[]): Promise<Change | undefined> {
    return this.#change(ofMigrations(migrations), ofSchema(schema));
  }

  /** From the models to the migrations. */
  async back(migrations: readonly MigrationFile[], schema: readonly SchemaFile[]): Promise<Change | undefined> {
    const change = await this.#change(ofSchema(schema), ofMigrations(migrations), isInOneSchema(schema));
    if (change === undefined) return undefined;
    const { sql, losses: made } = fillRequired(change.sql, change.tables);
    return { sql, losses: [...change.losses, ...made] };
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  async #change(from: Target, to: Target, unqualified = false): Promise<ChangeFrom | undefined> {
    const script = await this.#diff(from, to, true);
    const sql = unqualified ? script.replaceAll('"public".', '') : script;
    if (EMPTY.test(sql)) return undefined;
    return await changeOf(sql, await this.#diff(from, to, false), () => this.#diff({ tag: 'empty' }, from, true));
  }

  async #diff(from: Target, to: Target, script: boolean): Promise<string> {
    const filters = { externalTables: [], externalEnums: [] };
    try {
      const { engine } = this.#opened;
      const { stdout } = await guarded(() => engine.diff({ from, to, script, exitCode: null, filters }));
      return stdout ?? '';
    } catch (error) {
      throw failure(error, this.#url);
    }
  }
}

/** The engine that the service chose. */
function openEngineOn(url: string): Promise<OpenDiffing> {
  if (readToolSettings().schemaEngine === 'native') return openNativeEngine(url);
  return openEngine({ connector: openConnector({ url, shadowUrl: process.env['SHADOW_DATABASE_URL'] || undefined }) });
}

function failure(error: unknown, url: string): Failure {
  const message = withoutSecrets(engineMessage(error), url).replace(/\n\s+\d+: schema_engine[\s\S]*$/, '');
  const hint = /permission denied to create database/.test(message)
    ? '\nLet the role create databases, or name an empty one of its own in SHADOW_DATABASE_URL.'
    : '';
  return new Failure(`${message.trim()}${hint}`);
}

/** Then the engine's names of what it found in the database can go without "public", wherever the tables are. */
function isInOneSchema(schema: readonly SchemaFile[]): boolean {
  return !schema.some(({ content }) => /^\s*schemas\s*=/m.test(content));
}

function ofSchema(schema: readonly SchemaFile[]): Target {
  return { tag: 'schemaDatamodel', files: schema.map(({ path, content }) => ({ path, content })) };
}

function ofMigrations(migrations: readonly MigrationFile[]): Target {
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

/** Prisma's own file, without which its CLI does not know the folder. */
export function lockfile(): string {
  return `# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\nprovider = "${driver.provider}"\n`;
}
