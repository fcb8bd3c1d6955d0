import { Failure, messageOf } from './failure.js';
import { archiveKey, idOf, type Manifest, manifestKey, readManifest } from './manifest.js';
import type { BackupStore, StoredObject } from './store.js';

export interface Catalogue {
  /** Those with a manifest that can be read and an archive as large as it says, the newest first. */
  readonly good: readonly Manifest[];
  /** Ids of everything else that looks like a backup, with the reason. */
  readonly damaged: ReadonlyMap<string, string>;
  readonly objects: readonly StoredObject[];
}

/** What a store has, without reading the archives themselves. */
export async function readCatalogue(store: BackupStore): Promise<Catalogue> {
  const objects = await store.list('');
  const sizes = new Map(objects.map(({ key, bytes }) => [key, bytes]));
  const ids = [...new Set(objects.flatMap(({ key }) => idOf(key) ?? []))].sort().reverse();
  const good: Manifest[] = [];
  const damaged = new Map<string, string>();
  for (const id of ids) {
    if (!sizes.has(manifestKey(id))) {
      damaged.set(id, 'has no manifest: its run did not come to its end');
      continue;
    }
    const manifest = await readManifest(store, id).catch((error: unknown) => messageOf(error));
    const bytes = sizes.get(archiveKey(id));
    if (typeof manifest === 'string') damaged.set(id, manifest);
    else if (bytes !== manifest.stored.bytes) {
      damaged.set(id, `has an archive of ${bytes ?? 'no'} bytes, and its manifest says ${manifest.stored.bytes}`);
    } else good.push(manifest);
  }
  // Ids have seconds only.
  good.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return { good, damaged, objects };
}

/** A backup by its id, or the newest good one. */
export async function findBackup(store: BackupStore, name: string): Promise<Manifest> {
  if (name !== 'latest') return readManifest(store, name);
  const { good } = await readCatalogue(store);
  if (good[0] === undefined) throw new Failure(`There is no good backup in ${store.name}. Make one with "db:backup".`);
  return good[0];
}
