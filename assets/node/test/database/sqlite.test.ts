import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlatformModule } from '../../src/platform/app/module.js';
import { Secret } from '../../src/platform/config/secret.js';
import type { DatabaseConfig } from '../../src/platform/database/types.js';
import { contextOf } from '../support/module-context.js';
import { ScratchService } from '../tools/scratch-service.js';

interface Client {
  note: { create(args: { data: { id: number } }): Promise<unknown>; count(): Promise<number> };
}

const service = new ScratchService('sqlite');
const file = join(service.root, '.data', 'dev.db');
let database: PlatformModule<'prisma', Client, DatabaseConfig>;

const open = async (path: string) =>
  await database.open(
    contextOf({
      databaseUrl: new Secret(`file:${path}`),
      databasePoolSize: 1,
      databaseConnectTimeout: 500,
      databaseStatementTimeout: 500,
    }),
  );

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INTEGER PRIMARY KEY);');
  service.tool('cli', ['migrate']);
  service.tool('cli', ['generate']);
  const module = pathToFileURL(join(service.root, 'src', 'platform', 'database', 'module.ts')).href;
  ({ database } = await import(/* @vite-ignore */ module));
}, 60_000);

afterAll(() => service.remove());

describe('the database module on SQLite', { timeout: 30_000 }, () => {
  it('is ready when its file is there', async () => {
    const { resource, checks, close } = await open(file);
    await checks[0]?.check(new AbortController().signal);
    expect(await resource.note.count()).toBe(0);
    await close();
  });

  it('opens without its file, and is not ready', async () => {
    const missing = join(service.root, 'missing.db');
    const { checks, close } = await open(missing);
    await expect(checks[0]?.check(new AbortController().signal)).rejects.toThrow('ENOENT');
    await close();
    rmSync(missing, { force: true });
  });

  it('answers 503 to a write that finds the file locked for too long', async () => {
    const { resource, close } = await open(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');
    const error = await resource.note.create({ data: { id: 1 } }).catch((reason: unknown) => reason);
    expect(database.problems?.(error)?.status).toBe(503);
    other.exec('ROLLBACK');
    other.close();
    await resource.note.create({ data: { id: 1 } });
    await close();
  });
});
