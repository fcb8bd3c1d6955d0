import { afterAll } from 'vitest';
import { app } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config.js';
import { type App, buildApp } from '../../src/platform/index.js';

/** The service without a listener; it ends with the test file. */
export async function startService(): Promise<App> {
  const service = await buildApp(app, { config: await loadConfig({ environment: 'test', env: {} }) });
  afterAll(() => service.close());
  return service;
}
