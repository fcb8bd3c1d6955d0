import type { Applied, JournalEntry } from './bookkeeping.js';
import { type MigrationFile, matches } from './files.js';

/** What the folder and the database say about each other. */
export interface Plan {
  readonly applied: readonly Applied[];
  readonly pending: readonly MigrationFile[];
  /** Begun and not finished, by this runner or by Prisma. */
  readonly unfinished: readonly Applied[];
  /** Changed on disk since they were applied. */
  readonly edited: readonly string[];
  /** Applied, older than the newest on disk, and not on disk. */
  readonly missing: readonly string[];
  /** Applied by a newer version of the service. */
  readonly newer: readonly string[];
  /** Pending, although a later one is applied. */
  readonly late: readonly string[];
  readonly journal: ReadonlyMap<string, JournalEntry>;
}

export function makePlan(
  files: readonly MigrationFile[],
  rows: readonly Applied[],
  journal: ReadonlyMap<string, JournalEntry>,
): Plan {
  const onDisk = new Map(files.map((file) => [file.id, file]));
  const applied = rows.filter((row) => row.finished);
  const known = applied.filter((row) => onDisk.has(row.id));
  const newest = files.at(-1)?.id ?? '';
  const strangers = applied.filter((row) => !onDisk.has(row.id)).map((row) => row.id);
  const pending = files.filter((file) => !applied.some((row) => row.id === file.id));
  const newestApplied =
    known
      .map((row) => row.id)
      .sort()
      .at(-1) ?? '';
  return {
    applied,
    pending,
    unfinished: rows.filter((row) => !row.finished),
    edited: known.filter((row) => changed(onDisk.get(row.id), row)).map((row) => row.id),
    missing: strangers.filter((id) => id < newest),
    newer: strangers.filter((id) => id > newest),
    late: pending.filter((file) => file.id < newestApplied).map((file) => file.id),
    journal,
  };
}

function changed(file: MigrationFile | undefined, row: Applied): boolean {
  return file !== undefined && !matches(file, row.checksum);
}
