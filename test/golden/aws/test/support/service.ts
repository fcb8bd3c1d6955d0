import { afterAll } from 'vitest';
import { app } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config.js';
import { type App, buildApp } from '../../src/platform/index.js';
import { createTestDatabase } from '../../tools/database/test-database.js';

/** The service on a database of its own, both of which end with the test file. */
export async function startService(env: Record<string, string> = {}): Promise<App> {
  const database = await createTestDatabase();
  const config = await loadConfig({ environment: 'test', env: { ...env, DATABASE_URL: database.url } });
  const service = await buildApp(app, { config });
  afterAll(async () => {
    await service.close();
    await database.drop();
  });
  return service;
}
