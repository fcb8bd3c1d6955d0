import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../../src/platform/migrations/failure.js';
import { checksumOf, type MigrationFile, readMigrations } from '../../src/platform/migrations/files.js';
import { withDatabase } from './development.js';
import { type Change, Differ, lockfile } from './engine/diff.js';
import { headProblem, writeHead } from './head.js';
import { migrationsFolder, readSchema, root } from './service.js';

const NAME = /^[a-z0-9]+([_-][a-z0-9]+)*$/i;

/** Writes a migration from the models, with its way back, before anything is applied. */
export async function newMigration(args: readonly string[]): Promise<number> {
  const name = checkedName(args);
  const existing = readMigrations(migrationsFolder);
  const problem = headProblem(existing);
  if (problem !== undefined) throw new Failure(problem);
  const changes = await withDatabase((url) => compare(url, existing));
  if (changes === undefined) {
    console.log('Nothing to migrate: the migrations make exactly what the models say.');
    return 0;
  }
  const id = `${timestampAfter(existing.at(-1)?.id)}_${name.toLowerCase().replaceAll('-', '_')}`;
  const migration = write(id, changes);
  writeHead([...existing, migration]);
  announce(id, changes);
  return 0;
}

interface Changes {
  readonly forth: Change;
  readonly back: Change | undefined;
}

async function compare(url: string, existing: readonly MigrationFile[]): Promise<Changes | undefined> {
  const schema = readSchema();
  const differ = await Differ.open(url);
  try {
    const forth = await differ.forth(existing, schema);
    return forth === undefined ? undefined : { forth, back: await differ.back(existing, schema) };
  } finally {
    await differ.close();
  }
}

function checkedName(args: readonly string[]): string {
  const [name, ...rest] = args;
  if (name === undefined) throw new Failure('A migration needs a name: db:new add_customer_note');
  if (rest.length > 0 || name.length > 60 || !NAME.test(name)) {
    throw new Failure(
      `${JSON.stringify(args.join(' '))} cannot be the name of a migration. Use up to 60 letters, digits, "_" and "-", such as ${suggestion(args)}.`,
    );
  }
  return name;
}

function suggestion(args: readonly string[]): string {
  const words =
    args
      .join(' ')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.join('_').slice(0, 60).replace(/_$/, '') || 'add_customer_note';
}

/** Later than the newest, whatever the clocks of two machines say. */
function timestampAfter(newest: string | undefined): string {
  const now = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const last = newest?.split('_')[0] ?? '';
  return last.length === 14 && now <= last ? String(BigInt(last) + 1n) : now;
}

/** Under another name first, so that a migration is there whole or not at all. */
function write(id: string, { forth, back }: Changes): MigrationFile {
  const sql = `${header(forth, 'This migration')}${forth.sql.trim()}\n`;
  const down = `${header(back, 'This way back')}${(back?.sql ?? '-- Nothing to undo.').trim()}\n`;
  mkdirSync(migrationsFolder, { recursive: true });
  const draft = join(dirname(migrationsFolder), `.new.${process.pid}`);
  try {
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, 'migration.sql'), sql);
    writeFileSync(join(draft, 'down.sql'), down);
    writeFileSync(join(migrationsFolder, 'migration_lock.toml'), lockfile());
    renameSync(draft, join(migrationsFolder, id));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return { id, sql, down, checksum: checksumOf(sql) };
}

function header(change: Change | undefined, subject: string): string {
  if (change === undefined || change.losses.length === 0) return '';
  const lines = ['migration: lossy', `${subject} loses data:`, ...change.losses.map((loss) => `  - ${loss}`)];
  return `${lines.map((line) => `-- ${line}`).join('\n')}\n\n`;
}

function announce(id: string, { forth, back }: Changes): void {
  const folder = relative(root, join(migrationsFolder, id));
  console.log(`Wrote ${folder}/migration.sql and ${folder}/down.sql`);
  for (const loss of forth.losses) console.log(`  LOSES DATA when applied: ${loss}`);
  for (const loss of back?.losses ?? []) console.log(`  loses data when undone: ${loss}`);
  console.log('Read both, then apply with db:migrate.');
}
