import { findBackup } from './catalogue.js';
import type { BackupDatabase, Limits } from './database-interface.js';
import { Failure } from './failure.js';
import type { Manifest } from './manifest.js';
import { differences, restoreBackup } from './restore.js';
import type { BackupStore } from './store.js';

export interface Drill {
  readonly database: BackupDatabase;
  readonly store: BackupStore;
  readonly backup: string;
  readonly scratch: string | undefined;
  readonly identity: string | undefined;
  readonly recoveryTime: number;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

export interface DrillResult {
  readonly manifest: Manifest;
  readonly milliseconds: number;
}

/** Restores a backup into a scratch database, compares what is there, measures the time, and removes it again. */
export async function drillRestore(drill: Drill): Promise<DrillResult> {
  const { database, scratch, limits } = drill;
  if (scratch === undefined) {
    throw new Failure('BACKUP_DRILL_DATABASE_URL is not set. Name an empty database that the drill may use.');
  }
  // It is emptied before and after, so a mistake in the URL must not be able to name another.
  if (!/drill(\.db)?$/.test(database.placeOf(scratch))) {
    throw new Failure(
      `BACKUP_DRILL_DATABASE_URL names ${database.placeOf(scratch)}, and the drill empties only a database whose name ends in "drill". Make one of its own.`,
    );
  }
  const manifest = await findBackup(drill.store, drill.backup);
  const { store, identity, signal } = drill;
  const begin = performance.now();
  const restored = await restoreBackup({
    database,
    store,
    manifest,
    to: scratch,
    identity,
    overwrite: true,
    limits,
    signal,
  });
  const milliseconds = performance.now() - begin;
  const different = differences(manifest, restored);
  await database.empty(scratch, limits);
  if (different.length > 0) throw new Failure(`Backup ${manifest.id} was restored, but ${different.join('; ')}.`);
  if (milliseconds > drill.recoveryTime) {
    throw new Failure(
      `Backup ${manifest.id} took ${seconds(milliseconds)} s to restore, and the recovery time objective is ${seconds(drill.recoveryTime)} s.`,
    );
  }
  return { manifest, milliseconds };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
