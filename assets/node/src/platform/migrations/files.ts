import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure } from './failure.js';
import { unknownMarks } from './marks.js';

/** A migration as it lies in `prisma/migrations/<id>/`. */
export interface MigrationFile {
  readonly id: string;
  readonly sql: string;
  /** The way back; absent when nobody wrote one. */
  readonly down: string | undefined;
  readonly checksum: string;
}

/** Files that belong in the folder beside the migrations. */
const KNOWN = new Set(['migration_lock.toml', 'HEAD', 'README.md', '.gitkeep', '.DS_Store']);
/** As Prisma has it, which takes any folder: what is applied under a name can never get another. */
const ID = /^[0-9](?:[\w .-]*[\w.-])?$/;

export function readMigrations(folder: string): MigrationFile[] {
  const problems: string[] = [];
  const migrations: MigrationFile[] = [];
  for (const entry of entries(folder)) {
    if (!entry.isDirectory()) {
      if (!KNOWN.has(entry.name)) problems.push(`${entry.name}: not a migration. Move it out of the folder.`);
      continue;
    }
    const problem = problemOf(folder, entry.name);
    if (problem !== undefined) problems.push(problem);
    else migrations.push(readMigration(folder, entry.name));
  }
  for (const { id, sql, down } of migrations) {
    for (const mark of [...unknownMarks(sql), ...unknownMarks(down ?? '')]) {
      problems.push(`${id}: unknown mark "migration: ${mark}". There are "lossy" and "no-transaction".`);
    }
  }
  if (problems.length > 0) throw new Failure(`The migrations in ${folder} cannot be used:\n${bullets(problems)}`);
  return migrations.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new Failure(`The migrations folder ${folder} cannot be read (${codeOf(error)}).`);
  }
}

function problemOf(folder: string, id: string): string | undefined {
  if (!ID.test(id)) return `${id}/: not named <timestamp>_<name>. Rename it, or move it out of the folder.`;
  if (readOptional(join(folder, id, 'migration.sql')) === undefined) {
    return `${id}/: has no migration.sql. Restore it from version control, or delete the folder.`;
  }
  return undefined;
}

function readMigration(folder: string, id: string): MigrationFile {
  const sql = readOptional(join(folder, id, 'migration.sql')) ?? '';
  return { id, sql, down: readOptional(join(folder, id, 'down.sql')), checksum: checksumOf(sql) };
}

/** Compares with a checksum in the database; a checkout that changed the line endings changed nothing. */
export function matches(migration: MigrationFile, checksum: string): boolean {
  const lines = migration.sql.replaceAll('\r\n', '\n');
  return [migration.sql, lines, lines.replaceAll('\n', '\r\n')].some((sql) => checksumOf(sql) === checksum);
}

/** The same as Prisma's, so that each tool recognizes what the other applied. */
export function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new Failure(`${path} cannot be read (${codeOf(error)}).`);
  }
}

export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join('\n');
}
