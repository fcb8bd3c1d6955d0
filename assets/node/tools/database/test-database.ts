import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.js';
import { readMigrations } from '../../src/platform/migrations/files.js';
import { migrate } from '../../src/platform/migrations/migrate.js';
import { provider } from './provider.js';
import { migrationsFolder } from './service.js';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabase: { url: string; template: string | undefined; run: string };
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Removes it early; what is left is removed after the run. */
  drop(): Promise<void>;
}

/** A migrated database of one's own, empty of rows. One for each test file is the right number. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url: server, template, run } = inject('testDatabase');
  const name = `${run}_${randomBytes(6).toString('hex')}`;
  const url =
    template !== undefined && provider.clone
      ? await provider.clone(template, name)
      : await provider.create(server, name);
  if (template === undefined) await migrateDatabase(url);
  return {
    url,
    drop: async () => {
      await provider.drop(url);
    },
  };
}

export async function migrateDatabase(url: string): Promise<void> {
  const session = await driver.open(url, { lockTimeout: 10_000, statementTimeout: 60_000, connectTimeout: 5_000 });
  try {
    await migrate(session, readMigrations(migrationsFolder), { url, wait: 60_000, report: () => undefined });
  } finally {
    await session.close();
  }
}
