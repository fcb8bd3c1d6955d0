import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../logging/types.js';
import { withSession } from '../migrations/commands.js';
import { driver } from '../migrations/driver.js';
import { messageOf } from '../migrations/failure.js';
import { readMigrations } from '../migrations/files.js';
import { migrate } from '../migrations/migrate.js';
import { readSettings, type Settings } from '../migrations/settings.js';
import { MIGRATIONS } from './schema.js';
import type { DatabaseConfig } from './types.js';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** Applies what is pending, beside the start of the process: the service is not ready before it is done. */
export interface MigrationOnStart {
  /** Waits for what is at work. Nothing more is tried. */
  stop(): Promise<void>;
}

/** Under the runner's own lock, so of several processes one applies; tried again for as long as the database is away. */
export function migrateOnStart(config: DatabaseConfig, log: Log): MigrationOnStart {
  const stopping = new AbortController();
  const done = run(config, log, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

async function run(config: DatabaseConfig, log: Log, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      await apply(config, log);
      return;
    } catch (error) {
      log.error({ error: messageOf(error) }, 'migrations could not be applied');
    }
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

async function apply(config: DatabaseConfig, log: Log): Promise<void> {
  const settings = settingsOf(config);
  const options = {
    url: settings.url,
    wait: settings.wait,
    report: (line: string) => log.info({ migration: line }, 'migrating'),
  };
  const applied = await withSession(settings, (session) => migrate(session, readMigrations(MIGRATIONS), options));
  log.info({ applied: applied.length }, 'the schema is up to date');
}

function settingsOf(config: DatabaseConfig): Settings {
  const urls = {
    DATABASE_URL: config.databaseUrl.reveal(),
    MIGRATION_DATABASE_URL: config.migrationDatabaseUrl?.reveal(),
  };
  const settings = readSettings(urls, driver);
  // Numbers, as the config has them: written as milliseconds, long ones have more digits than the runner reads.
  return {
    ...settings,
    connectTimeout: Math.round(config.databaseConnectTimeout),
    lockTimeout: Math.round(config.migrationLockTimeout ?? settings.lockTimeout),
    statementTimeout: Math.round(config.migrationStatementTimeout ?? settings.statementTimeout),
    wait: Math.round(config.migrationWaitTimeout ?? settings.wait),
  };
}
