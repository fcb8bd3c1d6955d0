import { existsSync } from 'node:fs';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { HealthCheck } from '../health/check.js';
import type { Log } from '../logging/types.js';
import { readMigrations } from '../migrations/files.js';

/** Where migrations are, below the folder that the service runs in. */
export const MIGRATIONS = 'prisma/migrations';

/** What the check needs of the database: that it answers, and then what is in it. */
export interface SchemaSource {
  readonly adapter: SqlDriverAdapterFactory;
  ping(): Promise<void>;
}

/** Where a database stands against the migrations that came with this version. */
export interface SchemaState {
  readonly applied: number;
  /** How many came with this version. */
  readonly shipped: number;
  /** What this version needs and the database does not have. */
  readonly pending: readonly string[];
  /** What a newer version brought. */
  readonly newer: readonly string[];
}

/** Asks the database where it stands; one question at a time, however many ask. */
export class Schema {
  readonly #source: SchemaSource;
  readonly #log: Log;
  readonly #folder: string;
  #shipped: readonly string[] | undefined;
  #asking: Promise<SchemaState> | undefined;
  #told = '';

  constructor(source: SchemaSource, log: Log, folder = MIGRATIONS) {
    this.#source = source;
    this.#log = log;
    this.#folder = folder;
  }

  state(): Promise<SchemaState> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<SchemaState> {
    this.#shipped ??= shippedMigrations(this.#folder, this.#log);
    const shipped = this.#shipped;
    // SQLite makes the file that it is asked about.
    await this.#source.ping();
    const applied = await appliedMigrations(this.#source.adapter);
    const newest = shipped.at(-1) ?? '';
    const newer = [...applied].filter((id) => id > newest).sort();
    if (newer.join() !== this.#told) {
      this.#told = newer.join();
      if (newer.length > 0) this.#log.warn({ migrations: newer }, 'the database is ahead of this version');
    }
    return { applied: applied.size, shipped: shipped.length, pending: shipped.filter((id) => !applied.has(id)), newer };
  }
}

/**
 * Ready when every migration that came with this version is applied. Those of a newer version are none of its business:
 * during a rollout, and after one that was taken back, the database is ahead.
 */
export function schemaCheck(schema: Schema, timeout: number): HealthCheck {
  let reached = false;
  return {
    name: 'schema',
    required: true,
    timeout,
    check: async () => {
      if (reached) return;
      const { pending, shipped } = await schema.state();
      if (pending.length > 0) {
        throw new Error(`${pending.length} of ${shipped} migrations are not applied, the first is ${pending[0]}`);
      }
      reached = true;
    },
  };
}

function shippedMigrations(folder: string, log: Log): string[] {
  if (!existsSync(folder)) log.warn({ folder }, 'no migrations came with this version');
  return readMigrations(folder).map(({ id }) => id);
}

async function appliedMigrations(factory: SqlDriverAdapterFactory): Promise<ReadonlySet<string>> {
  const adapter = await factory.connect();
  try {
    const { rows } = await adapter.queryRaw({ sql: queryFor(adapter), args: [], argTypes: [] });
    return new Set(rows.map(([id]) => String(id)));
  } catch (error) {
    if (isMissingTable(error)) return new Set();
    throw error;
  } finally {
    await adapter.dispose();
  }
}

type Adapter = Awaited<ReturnType<SqlDriverAdapterFactory['connect']>>;

function queryFor(adapter: Adapter): string {
  const schema = adapter.getConnectionInfo?.().schemaName;
  const place = adapter.provider === 'postgres' ? `"${(schema ?? 'public').replaceAll('"', '""')}".` : '';
  return `SELECT migration_name FROM ${place}_prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
}

/** Nothing has ever been applied. */
function isMissingTable(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return typeof cause === 'object' && cause !== null && 'kind' in cause && cause.kind === 'TableDoesNotExist';
}
