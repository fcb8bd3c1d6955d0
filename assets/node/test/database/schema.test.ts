import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/platform/config/secret.js';
import type { Schema as SchemaReader } from '../../src/platform/database/schema.js';
import type { DatabaseDriver } from '../../src/platform/database/types.js';
import type { HealthCheck } from '../../src/platform/health/check.js';
import { provider as mysql } from '../../tools/database/provider.mysql.js';
import { provider as postgresql } from '../../tools/database/provider.postgresql.js';
import { serverOfLane } from '../tools/lane.js';
import { type Provider, ScratchService } from '../tools/scratch-service.js';

const mariadb = serverOfLane('mariadb', 'TEST_MARIADB_URL');
const name = () => `t_${randomUUID()}`.replaceAll('-', '_');

/** The readiness check against each kind of database; `url` makes an empty one. */
function describeSchemaCheck(kind: Provider, service: ScratchService, url: () => Promise<string>): void {
  const folder = join(service.root, 'prisma', 'migrations');
  let openDriver: (config: object, lost: () => void) => DatabaseDriver;
  let Schema: new (source: DatabaseDriver, log: object, folder: string) => SchemaReader;
  let schemaCheck: (schema: SchemaReader, timeout: number) => HealthCheck;
  const load = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(service.root, path)).href);

  beforeAll(async () => {
    ({ openDriver } = await load('src/platform/database/driver.ts'));
    ({ Schema, schemaCheck } = await load('src/platform/database/schema.ts'));
    service.migration('1_one', 'CREATE TABLE first (id INT PRIMARY KEY);', 'DROP TABLE first;');
  });

  it(`tells on ${kind} an empty database, one that is behind, one that is there, and one that is ahead`, async () => {
    const place = await url();
    const told: object[] = [];
    const driver = openDriver(
      {
        databaseUrl: new Secret(place),
        databasePoolSize: 2,
        databaseConnectTimeout: 1_000,
        databaseStatementTimeout: 2_000,
      },
      () => undefined,
    );
    const log = { warn: (fields: object) => told.push(fields) };
    const check = (path = folder) =>
      schemaCheck(new Schema(driver, log, path), 2_000).check(new AbortController().signal);
    const migrate = () => {
      const { status, stderr } = service.tool('cli', ['migrate'], { DATABASE_URL: place });
      expect([status, stderr]).toEqual([0, '']);
    };
    if (kind === 'sqlite') {
      await expect(check()).rejects.toThrow(/ENOENT/);
      expect(existsSync(place.slice('file:'.length))).toBe(false);
    } else await expect(check()).rejects.toThrow('1 of 1 migrations are not applied, the first is 1_one');
    migrate();
    await check();
    service.migration('2_two', 'CREATE INDEX i ON first (id);', 'DROP INDEX i;');
    await expect(check()).rejects.toThrow('1 of 2 migrations are not applied, the first is 2_two');
    migrate();
    await check();
    expect(told).toEqual([]);
    service.clear();
    service.migration('1_one', 'CREATE TABLE first (id INT PRIMARY KEY);', 'DROP TABLE first;');
    await check();
    const older = new Schema(driver, log, folder);
    expect(await older.state()).toEqual({ applied: 2, shipped: 1, pending: [], newer: ['2_two'] });
    expect(await older.state()).toEqual(await older.state());
    await check(join(service.root, 'nowhere'));
    expect(told).toEqual([
      { migrations: ['2_two'] },
      { migrations: ['2_two'] },
      { folder: join(service.root, 'nowhere') },
      expect.anything(),
    ]);
    await driver.close();
  });
}

describe('the schema check', { timeout: 60_000 }, () => {
  const services: ScratchService[] = [];
  const serviceOf = (kind: Provider) => {
    const service = new ScratchService(kind);
    services.push(service);
    return service;
  };
  let held: { url: string; release(): Promise<void> };
  const onPostgresql = serviceOf('postgresql');
  const onSqlite = serviceOf('sqlite');

  beforeAll(async () => {
    held = await onPostgresql.holdDatabase();
  }, 60_000);

  afterAll(async () => {
    await held.release();
    for (const service of services) service.remove();
  });

  describeSchemaCheck('postgresql', onPostgresql, () => postgresql.create(held.url, name()));
  describeSchemaCheck('sqlite', onSqlite, async () => `file:${join(onSqlite.root, `${name()}.db`)}`);
  if (mariadb === undefined) it.skip('on MariaDB needs TEST_MARIADB_URL');
  else describeSchemaCheck('mysql', serviceOf('mysql'), () => mysql.create(mariadb, name()));
});
