import { fileURLToPath } from 'node:url';
import { Failure } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';
import { isLocal } from '../config/sources.js';
import { directory } from './directory.js';
import { impatient } from './patience.js';

/** Opens the part of a store that belongs to a service: a folder below what the URL names. */
export type OpenStore = (url: URL, folder: string) => BackupStore;

export interface StorePlace {
  readonly config: { readonly environment: string };
  readonly service: string;
  /** The config variable that the URL is from. */
  readonly variable: string;
  /** What is kept apart from the backups themselves, such as the archive. */
  readonly part?: string;
  /** An example of a URL. */
  readonly example: string;
  readonly open: OpenStore;
}

/** The store that a URL names; each service and environment has a part of its own in it. */
export function storeAt(url: string | undefined, place: StorePlace): BackupStore {
  const { config, service, variable, part, example, open } = place;
  const { environment } = config;
  const own = `${service}/${part === undefined ? environment : `${environment}-${part}`}`;
  if (url === undefined) {
    if (isLocal(environment)) {
      return directory(`.data/${part ?? 'backups'}/${variable === 'BACKUP_COPY_URL' ? 'copy' : 'main'}`);
    }
    throw new Failure(`${variable} is not set. Set it to a store, such as ${example}.`);
  }
  const parsed = new URL(url);
  if (parsed.search !== '' || parsed.username !== '' || parsed.password !== '') {
    throw new Failure(
      `${variable} has a login or parameters in it, which would have no effect. Name the store alone, such as ${example}, and give its keys by their own variables.`,
    );
  }
  return impatient(parsed.protocol === 'file:' ? directory(`${fileURLToPath(url)}/${own}`) : open(parsed, own));
}

/** A folder in a bucket: that of the URL, and below it that of the service. */
export function folderBelow(path: readonly string[], folder: string): string {
  return [...path, folder].join('/');
}

/** The parts of the path of a URL. */
export function pathOf({ pathname }: URL): string[] {
  return pathname.split('/').filter(Boolean).map(decodeURIComponent);
}
