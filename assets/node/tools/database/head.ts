import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationFile } from '../../src/platform/migrations/files.js';
import { migrationsFolder } from './service.js';

const FILE = join(migrationsFolder, 'HEAD');

/**
 * One file that every new migration changes, so that two branches that each add one conflict in git and not in production.
 * It also seals what lies before the newest migration; the newest may be edited until the next is made.
 */
export function headOf(migrations: readonly MigrationFile[]): string {
  const newest = migrations.at(-1);
  if (newest === undefined) return '';
  const seal = createHash('sha256');
  for (const { id, sql } of migrations.slice(0, -1)) seal.update(`${id}\n${sql.replaceAll('\r\n', '\n')}\n`);
  return `${newest.id}\n${migrations.length - 1} before it: ${seal.digest('hex')}\n`;
}

export function writeHead(migrations: readonly MigrationFile[]): void {
  writeFileSync(FILE, headOf(migrations));
}

/** What is wrong with HEAD, if anything is. */
export function headProblem(migrations: readonly MigrationFile[]): string | undefined {
  const head = readHead();
  if (head === headOf(migrations)) return undefined;
  const mend =
    'Restore the files from version control. If the change is meant and none of it was applied anywhere, run db:head.';
  if (/^(<{7}|={7}|>{7})/m.test(head)) {
    return `HEAD has a merge conflict: two branches added a migration. Rename yours to come after the other one, then run db:head.`;
  }
  const [id] = head.split('\n');
  const newest = migrations.at(-1)?.id ?? 'none';
  if (id !== newest) return `HEAD says that the newest migration is ${id || 'none'}, but it is ${newest}. ${mend}`;
  return `A migration before ${newest} was edited, added or removed since ${newest} was made. ${mend}`;
}

function readHead(): string {
  try {
    return readFileSync(FILE, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}
