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

/**
 * Ready when every migration that came with this version is applied. Those of a newer version are none of its business:
 * during a rollout, and after one that was taken back, the database is ahead.
 */
export function schemaCheck(source: SchemaSource, log: Log, timeout: number, folder = MIGRATIONS): HealthCheck {
  let reached = false;
  let asking: Promise<void> | undefined;
  let shipped: readonly string[] | undefined;

  const ask = async (): Promise<void> => {
    shipped ??= shippedMigrations(folder, log);
    // SQLite makes the file that it is asked about.
    await source.ping();
    const applied = await appliedMigrations(source.adapter);
    const pending = shipped.filter((id) => !applied.has(id));
    if (pending.length > 0) {
      throw new Error(`${pending.length} of ${shipped.length} migrations are not applied, the first is ${pending[0]}`);
    }
    const newest = shipped.at(-1) ?? '';
    const newer = [...applied].filter((id) => id > newest);
    if (newer.length > 0) log.warn({ migrations: newer }, 'the database is ahead of this version');
    reached = true;
  };

  return {
    name: 'schema',
    required: true,
    timeout,
    check: async () => {
      if (reached) return;
      // A database that hangs is asked once, however often probes come.
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
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
