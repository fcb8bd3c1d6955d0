import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlatformModule } from '../../src/platform/app/module.js';
import { Secret } from '../../src/platform/config/secret.js';
import type { DatabaseConfig } from '../../src/platform/database/types.js';
import { createMetrics, type Metrics } from '../../src/platform/metrics/metrics.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { contextOf } from '../support/module-context.js';
import { ScratchService } from '../tools/scratch-service.js';

interface Client {
  note: { count(): Promise<number> };
}
type Module = PlatformModule<string, Client, DatabaseConfig>;

const service = new ScratchService('postgresql');
let held: { url: string; release(): Promise<void> };
let database: Module;
let databaseReplica: Module;
let copy = '';

const log = { warn: () => undefined } as never;
const open = (module: Module, metrics: Metrics, databaseReplicaUrl?: string) =>
  module.open(
    contextOf(
      {
        databaseUrl: new Secret(held.url),
        databaseReplicaUrl: databaseReplicaUrl === undefined ? undefined : new Secret(databaseReplicaUrl),
        databasePoolSize: 2,
        databaseConnectTimeout: 1_000,
        databaseStatementTimeout: 1_500,
      },
      { log, metrics },
    ),
  );

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INT PRIMARY KEY);');
  held = await service.holdDatabase();
  service.tool('cli', ['migrate']);
  service.tool('cli', ['generate']);
  // What a replica has: the rows of the primary, and its own connections.
  copy = (await provider.clone?.(held.url, 'replica')) ?? '';
  const load = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(service.root, path)).href);
  ({ database } = await load('src/platform/database/module.ts'));
  ({ databaseReplica } = await load('src/platform/database-replica/module.ts'));
}, 60_000);

afterAll(async () => {
  await held.release();
  service.remove();
});

it('reads from the copy, is measured apart, and nothing waits for it', { timeout: 30_000 }, async () => {
  const metrics = createMetrics();
  const primary = await open(database, metrics);
  const replica = await open(databaseReplica, metrics, copy);
  expect(await replica.resource.note.count()).toBe(0);
  expect(replica.checks).toMatchObject([{ name: 'replica', required: false }]);
  await replica.checks[0]?.check(new AbortController().signal);
  const exposed = await metrics.metrics();
  expect(exposed).toContain('database_query_duration_seconds_count{role="replica",outcome="ok"} 1');
  expect(exposed).toContain('database_pool_connections_limit{role="primary"} 2');
  expect(exposed).toContain('database_pool_connections_limit{role="replica"} 2');
  await Promise.all([primary.close(), replica.close()]);
});

it('reads from the database where there is no copy', { timeout: 30_000 }, async () => {
  const replica = await open(databaseReplica, createMetrics());
  expect(await replica.resource.note.count()).toBe(0);
  await replica.close();
});
