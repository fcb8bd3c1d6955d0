import type { TestProject } from 'vitest/node';
import { holdDatabase, isOverridden } from './development.js';
import { isAlive } from './processes.js';
import { provider } from './provider.js';
import { migrateDatabase } from './test-database.js';

/** One migrated database before all tests, of which each test file gets a copy. For vitest's `globalSetup`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = await holdDatabase();
  const run = `test_${process.pid}`;
  const removeAll = (belongs: (name: string) => boolean) => dropWhere(database.url, belongs);
  try {
    // A run that was killed could not tidy up; on a shared server its process may be anywhere.
    if (!isOverridden()) await removeAll((name) => /^test_\d+_/.test(name) && !isAlive(Number(name.split('_')[1])));
    const template = provider.clone && (await provider.create(database.url, `${run}_template`));
    if (template !== undefined) await migrateDatabase(template);
    project.provide('testDatabase', { url: database.url, template, run });
  } catch (error) {
    await database.release();
    throw error;
  }
  return async () => {
    await removeAll((name) => name.startsWith(`${run}_`));
    await database.release();
  };
}

async function dropWhere(url: string, belongs: (name: string) => boolean): Promise<void> {
  for (const name of (await provider.names(url)).filter(belongs)) await provider.drop(provider.beside(url, name));
}
