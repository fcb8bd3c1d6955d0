import { driver } from '../../src/platform/migrations/driver.js';
import { Failure } from '../../src/platform/migrations/failure.js';
import { readSettings } from '../../src/platform/migrations/settings.js';
import { provider } from './provider.js';
import type { HeldDatabase } from './provider-interface.js';

const NAMES = ['DATABASE_URL', 'DATABASE_URL_FILE', 'MIGRATION_DATABASE_URL', 'MIGRATION_DATABASE_URL_FILE'];

/** Whether the environment names a database, which then takes the place of the embedded one. */
export function isOverridden(): boolean {
  return NAMES.some((name) => (process.env[name] ?? '') !== '');
}

/** The database that DATABASE_URL names; without it the service's own development database. */
export async function holdDatabase(): Promise<HeldDatabase> {
  if (!isOverridden()) return await provider.holdDevelopmentDatabase();
  return { url: readSettings(process.env, driver).url, release: async () => undefined };
}

/** Runs with a database that is there until the work is done. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const database = await holdDatabase();
  try {
    return await work(database.url);
  } finally {
    await database.release();
  }
}

/** `APP_ENV`; unset it means prod, except on the embedded database, which is for development only. */
export function environmentName(): string {
  return process.env['APP_ENV'] || (isOverridden() ? 'prod' : 'dev');
}

/** For verbs that make up or remove data. */
export function requireDevelopment(verb: string): void {
  const name = environmentName();
  if (name === 'dev' || name === 'test') return;
  throw new Failure(
    `${verb} is refused: the environment is "${name}". It is for dev and test only; set APP_ENV=dev if this database may be changed.`,
  );
}
