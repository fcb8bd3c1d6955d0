import { Failure } from './failure.js';
import type { BackupStore } from './store.js';
import { bytesOf } from './streams.js';

/** How many bytes there are of something, and their SHA-256 in hexadecimal. */
export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

/** How many rows a table has. A database that is not read from one snapshot has between `least` and `most`. */
export interface RowCount {
  readonly least: number;
  readonly most: number;
}

/** What was in the database. */
export interface Contents {
  readonly rows: Readonly<Record<string, RowCount>>;
  /** How many there are of what is no table, by its kind, where a dump may leave it out without a word. */
  readonly objects?: Readonly<Record<string, number>>;
  /** The newest applied migration; null without migrations. */
  readonly schemaVersion: string | null;
}

/** What is known of a backup without opening it. It is written last: without one, there is no backup. */
export interface Manifest extends Contents {
  readonly format: 1;
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly database: string;
  /** Major versions; a restore needs a client and a server that are no older. */
  readonly serverVersion: number;
  readonly clientVersion: number;
  /** When reading began: what was written later is not in it. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Public keys it was encrypted to; none in development. */
  readonly recipients: readonly string[];
  /** As the database's own program wrote it. */
  readonly plain: Digest;
  /** As it is stored. */
  readonly stored: Digest;
}

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function isManifestId(text: string): boolean {
  return ID.test(text);
}

/** Sorts as time does; the second half keeps two that begin in one second apart. */
export function newId(now: Date, random: string): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;
}

/** When the run began that made it. */
export function timeOf(id: string): number {
  return Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

export function manifestKey(id: string): string {
  return `${id}/manifest.json`;
}

export function archiveKey(id: string): string {
  return `${id}/archive`;
}

/** The id of the backup that an object belongs to. */
export function idOf(key: string): string | undefined {
  const [id = '', name] = key.split('/');
  return ID.test(id) && name !== undefined ? id : undefined;
}

export async function readManifest(store: BackupStore, id: string): Promise<Manifest> {
  if (!ID.test(id)) {
    throw new Failure(
      `"${id}" is no backup. Name one that "db:backups" lists, such as 20260101T030000Z-0a1b2c3d, or "latest".`,
    );
  }
  const bytes = await bytesOf(await store.read(manifestKey(id)));
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(bytes.toString('utf8')) as Partial<Manifest>;
  } catch {
    throw new Failure(`The manifest of backup ${id} in ${store.name} is damaged: it is no JSON. Use another backup.`);
  }
  if (manifest.format !== 1) {
    throw new Failure(
      `The manifest of backup ${id} in ${store.name} has the format ${String(manifest.format)}, and this version reads 1. Use the version of the service that made it.`,
    );
  }
  if (manifest.id !== id) {
    throw new Failure(
      `The manifest of backup ${id} in ${store.name} is that of ${String(manifest.id)}: objects were swapped. Use another backup.`,
    );
  }
  return manifest as Manifest;
}

export async function* textOf(manifest: Manifest): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}
