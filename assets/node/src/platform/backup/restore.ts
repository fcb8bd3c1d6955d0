import type { BackupDatabase, Limits } from './database-interface.js';
import { decrypted, requireIdentity } from './encryption.js';
import { Failure } from './failure.js';
import { archiveKey, type Contents, type Manifest } from './manifest.js';
import type { BackupStore } from './store.js';
import { digestOf, isSame, Tap } from './streams.js';

export interface Restore {
  readonly database: BackupDatabase;
  readonly store: BackupStore;
  readonly manifest: Manifest;
  readonly to: string;
  readonly identity: string | undefined;
  /** Whether a target that has tables is emptied first. */
  readonly overwrite: boolean;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Puts a backup into a database, after everything that can be checked has been checked. */
export async function restoreBackup(restore: Restore): Promise<Contents> {
  const { database, store, manifest, to, identity, limits, signal } = restore;
  await verify(restore);
  if (restore.overwrite) await database.empty(to, limits);
  const archive = await store.read(archiveKey(manifest.id));
  const plain = new Tap();
  const dump = manifest.recipients.length > 0 ? await decrypted(archive, identity) : archive;
  await database.restore(to, plain.through(dump), signal);
  if (!isSame(plain.digest(), manifest.plain)) {
    throw new Failure(
      `The dump in backup ${manifest.id} is another than its manifest says. Do not use what was restored.`,
    );
  }
  return database.contentsOf(to, limits);
}

/** Nothing in the target is touched before this is over. */
async function verify({ database, store, manifest, to, identity, overwrite, limits }: Restore): Promise<void> {
  if (manifest.database !== database.kind) {
    throw new Failure(`Backup ${manifest.id} is of ${manifest.database}, and this service uses ${database.kind}.`);
  }
  const { server, client } = await database.versionsOf(to, limits);
  const needed = Math.max(manifest.serverVersion, manifest.clientVersion);
  if (client < manifest.clientVersion || server < manifest.serverVersion) {
    throw new Failure(
      `Backup ${manifest.id} was made by version ${needed}; the target has server ${server} and client ${client}. Use version ${needed} or later.`,
    );
  }
  const present = Object.keys((await database.contentsOf(to, limits)).rows);
  if (present.length > 0 && !overwrite) {
    throw new Failure(
      `${database.placeOf(to)} is not empty: it has ${present.slice(0, 5).join(', ')}${present.length > 5 ? ', …' : ''}. Name an empty database, or add --overwrite to remove all of it first.`,
    );
  }
  if (manifest.recipients.length > 0) requireIdentity(identity);
  await verifyArchive(store, manifest, identity);
}

/** Reads the archive once to its end, by the key that the restore uses: what cannot be decrypted is no reason to empty a target. */
async function verifyArchive(store: BackupStore, manifest: Manifest, identity: string | undefined): Promise<void> {
  const { id, recipients, plain, stored } = manifest;
  const read = () => store.read(archiveKey(id));
  const damaged = new Failure(
    `The archive of backup ${id} in ${store.name} is damaged or swapped: its checksum differs from that of its manifest. Use another backup.`,
  );
  const tap = new Tap();
  try {
    const content = tap.through(await read());
    const found = await digestOf(recipients.length > 0 ? await decrypted(content, identity) : content);
    if (isSame(tap.digest(), stored) && isSame(found, plain)) return;
  } catch (error) {
    // Whether the key is wrong or the archive is, its checksum says.
    if (isSame(await digestOf(await read()), stored)) throw error;
  }
  throw damaged;
}

/** How what was restored differs from what was backed up, in words; nothing where it does not. */
export function differences(manifest: Contents, restored: Contents): string[] {
  const tables = [...new Set([...Object.keys(manifest.rows), ...Object.keys(restored.rows)])].sort();
  const rows = tables.flatMap((table) => {
    const [expected, found] = [manifest.rows[table], restored.rows[table]];
    if (expected === undefined) return [`${table} is there, but was not in the backup`];
    if (found === undefined) return [`${table} is missing`];
    const fits = found.least >= expected.least && found.most <= expected.most;
    const range = expected.least === expected.most ? `${expected.least}` : `${expected.least} to ${expected.most}`;
    return fits ? [] : [`${table} has ${found.least} rows instead of ${range}`];
  });
  const objects = Object.entries(manifest.objects ?? {}).flatMap(([kind, expected]) => {
    const found = restored.objects?.[kind];
    return found === undefined || found === expected ? [] : [`${found} ${kind} instead of ${expected}`];
  });
  const versions =
    restored.schemaVersion === manifest.schemaVersion
      ? []
      : [`the newest migration is ${restored.schemaVersion ?? 'none'} instead of ${manifest.schemaVersion ?? 'none'}`];
  return [...rows, ...objects, ...versions];
}
