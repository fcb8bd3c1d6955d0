import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bookkeeping } from '../../src/platform/migrations/bookkeeping.js';
import { withSession } from '../../src/platform/migrations/commands.js';
import { driver } from '../../src/platform/migrations/driver.js';
import { Failure } from '../../src/platform/migrations/failure.js';
import { checksumOf, type MigrationFile, readMigrations } from '../../src/platform/migrations/files.js';
import { acquire, migrate } from '../../src/platform/migrations/migrate.js';
import type { Session } from '../../src/platform/migrations/session.js';
import { readSettings } from '../../src/platform/migrations/settings.js';
import { withDatabase } from './development.js';
import { type Change, lockfile } from './engine/diff.js';
import { changeFromNothing, changeToModels } from './engine/states.js';
import { headProblem, writeHead } from './head.js';
import { provider } from './provider.js';
import { difference } from './rehearse.js';
import { migrationsFolder, readSchema } from './service.js';
import { wayBackOf } from './way-back.js';

const WAIT = 10_000;
const ACCEPT = '--accept-difference';

/**
 * Adopts a database that has the schema and no bookkeeping: writes the first migration from the models, and marks it as
 * applied. With migrations on disk it marks those. Nothing but the bookkeeping is written to the database.
 */
export async function baseline(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== ACCEPT);
  if (unknown.length > 0) throw new Failure(`baseline does not take "${unknown.join(' ')}". There is ${ACCEPT}.`);
  return await withDatabase((url) => adopt(url, args.includes(ACCEPT)));
}

async function adopt(url: string, acceptDifference: boolean): Promise<number> {
  const existing = readMigrations(migrationsFolder);
  const problem = existing.length === 0 ? undefined : headProblem(existing);
  if (problem !== undefined) throw new Failure(problem);
  const settings = readSettings({ ...process.env, MIGRATION_DATABASE_URL: url }, driver);
  await withSession(settings, refuseBookkeeping);
  const schema = await provider.describe(url);
  if (schema.length === 0) {
    throw new Failure('The database is empty: there is nothing to adopt. Run db:new and db:migrate instead.');
  }
  const change = await changeToModels(url, readSchema());
  if (change !== undefined) {
    throw new Failure(
      `The database and the models disagree. Bring the models to the database (npx tsx tools/database/with-database.ts -- prisma db pull), or the database to the models; this SQL would do it:\n${change.sql.trim()}`,
    );
  }
  const migrations = existing.length > 0 ? existing : [write(await changeFromNothing(url, readSchema()))];
  const unsaid = difference(schema, await made(url, migrations));
  if (unsaid !== '' && !acceptDifference) {
    console.log(
      `The migrations do not make all that the database has, or make it differently:\n${unsaid}\nPrisma's models cannot say it. Write it into prisma/migrations/${migrations.at(-1)?.id}/migration.sql, and run db:baseline again; or leave it out for good with db:baseline ${ACCEPT}. Nothing is marked as applied.`,
    );
    return 1;
  }
  await withSession(settings, (session) => mark(session, migrations));
  console.log(`Marked as applied, and nothing else touched: ${migrations.map(({ id }) => id).join(', ')}.`);
  return 0;
}

async function refuseBookkeeping(session: Session): Promise<void> {
  const rows = await new Bookkeeping(session).applied();
  if (rows.length === 0) return;
  throw new Failure(
    `The database already has its bookkeeping: ${rows.length} migrations, the newest ${rows.at(-1)?.id}. Run db:status.`,
  );
}

function write({ forth, back }: { forth: Change; back: Change | undefined }): MigrationFile {
  const sql = `${forth.sql.trim()}\n`;
  const down = wayBackOf(back?.sql ?? '', back?.losses ?? []);
  const id = `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}_baseline`;
  const folder = join(migrationsFolder, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql);
  writeFileSync(join(folder, 'down.sql'), down);
  writeFileSync(join(migrationsFolder, 'migration_lock.toml'), lockfile());
  const migration = { id, sql, down, checksum: checksumOf(sql) };
  writeHead([migration]);
  console.log(`Wrote prisma/migrations/${id}/migration.sql and down.sql`);
  return migration;
}

/** What the migrations make of an empty database. */
async function made(url: string, migrations: readonly MigrationFile[]): Promise<string[]> {
  const scratch = await provider.create(url, `baseline_${randomUUID()}`);
  try {
    const settings = { ...readSettings({ MIGRATION_DATABASE_URL: scratch }, driver), wait: WAIT };
    const options = { url: scratch, wait: WAIT, report: () => undefined };
    await withSession(settings, (session) => migrate(session, migrations, options));
    return await provider.describe(scratch);
  } finally {
    await provider.drop(scratch);
  }
}

async function mark(session: Session, migrations: readonly MigrationFile[]): Promise<void> {
  await acquire(session, WAIT);
  const books = new Bookkeeping(session);
  await books.prepare();
  await session.transaction(async () => {
    await refuseBookkeeping(session);
    for (const migration of migrations) {
      await books.begin(migration);
      await books.finish(migration.id);
    }
  });
}
