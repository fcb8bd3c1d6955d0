import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import type { Session } from '../../src/platform/migrations/session.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { ScratchService } from '../tools/scratch-service.js';
import { SETTINGS } from './behaviour.js';
import { startRunner } from './runners.js';

const service = new ScratchService('postgresql');
/** As a service gets it. */
const generated = fileURLToPath(new URL('../../../../test/golden/default/prisma/roles.sql', import.meta.url));
const sql = readFileSync(generated, 'utf8');
const name = /CREATE ROLE (\w+)_owner/.exec(sql)?.[1] ?? '';
const password = { owner: 'owner-password', app: 'app-password' };
let server: { url: string; release(): Promise<void> };
let database = '';
let app: Session;

/** The URL of a role on the database of this test. */
function as(role: 'owner' | 'app'): string {
  const url = new URL(database);
  url.username = `${name}_${role}`;
  url.password = password[role];
  return url.href;
}

/** What `psql --set` does with the generated file. */
function rolesSql(): string {
  return sql.replaceAll(":'owner_password'", `'${password.owner}'`).replaceAll(":'app_password'", `'${password.app}'`);
}

beforeAll(async () => {
  server = await service.holdDatabase();
  database = await provider.create(server.url, `roles_${randomUUID()}`);
  const admin = await driver.open(database, SETTINGS);
  await admin.script(rolesSql());
  await admin.close();
  service.migration(
    '1_one',
    'CREATE TABLE "Order" (id SERIAL PRIMARY KEY, note TEXT);',
    '-- migration: lossy\nDROP TABLE "Order";',
  );
  app = await driver.open(as('app'), SETTINGS);
}, 60_000);

afterAll(async () => {
  await app.close();
  await server.release();
  service.remove();
});

describe('the roles of prisma/roles.sql', { timeout: 60_000, sequential: true }, () => {
  it('let the owner migrate, and not the app', async () => {
    const refused = await startRunner(service, as('app')).done;
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringMatching(/permission denied[\s\S]*MIGRATION_DATABASE_URL/),
    ]);
    const owner = { MIGRATION_DATABASE_URL: as('owner') };
    expect(await startRunner(service, as('app'), ['migrate'], owner).done).toMatchObject({ code: 0 });
    expect(await startRunner(service, as('app'), ['status']).done).toMatchObject({ code: 0 });

    await app.script(
      `INSERT INTO "Order" (note) VALUES ('a'); UPDATE "Order" SET note = 'b'; DELETE FROM "Order" WHERE id = 99`,
    );
    expect(await app.query('SELECT note FROM "Order"')).toEqual([{ note: 'b' }]);

    for (const ddl of [
      'CREATE TABLE mine (id INT)',
      'DROP TABLE "Order"',
      'ALTER TABLE "Order" ADD COLUMN x INT',
      'CREATE INDEX i ON "Order" (note)',
      'TRUNCATE "Order"',
      'CREATE SCHEMA mine',
      "CREATE ROLE mine LOGIN PASSWORD 'x'",
    ]) {
      await expect(app.script(ddl), ddl).rejects.toThrow(/permission denied|must be owner/);
    }
    expect(await app.query('SELECT note FROM "Order"')).toEqual([{ note: 'b' }]);

    // What is stored there as a way back would be run by the owner.
    for (const forgery of [
      `UPDATE _migration_journal SET down_sql = 'ALTER ROLE ${name}_app SUPERUSER'`,
      'DELETE FROM _migration_journal',
      'DELETE FROM _prisma_migrations',
    ]) {
      await expect(app.script(forgery), forgery).rejects.toThrow(/permission denied/);
    }

    expect(await startRunner(service, as('app'), ['rollback', '--accept-data-loss']).done).toMatchObject({ code: 1 });
    expect(await startRunner(service, as('app'), ['rollback', '--accept-data-loss'], owner).done).toMatchObject({
      code: 0,
    });
  });
});
