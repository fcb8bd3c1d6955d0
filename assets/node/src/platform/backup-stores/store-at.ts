import { fileURLToPath } from 'node:url';
import { Failure } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';
import type { Secret } from '../config/secret.js';
import { isLocal } from '../config/sources.js';
import { directory } from './directory.js';
import { s3 } from './s3.js';

export interface StoreConfig {
  readonly environment: string;
  readonly backupS3AccessKeyId?: Secret<string> | undefined;
  readonly backupS3SecretAccessKey?: Secret<string> | undefined;
}

export interface StorePlace {
  readonly config: StoreConfig;
  readonly service: string;
  /** The config variable that the URL is from. */
  readonly variable: string;
  /** What is kept apart from the backups themselves, such as the archive. */
  readonly part?: string;
  readonly region: string;
  readonly endpoint?: string;
}

/** The store that a URL names; each service and environment has a part of its own in it. */
export function storeAt(url: string | undefined, place: StorePlace): BackupStore {
  const { config, service, variable, part, region, endpoint } = place;
  const { environment } = config;
  const own = part === undefined ? environment : `${environment}-${part}`;
  if (url === undefined) {
    if (isLocal(environment))
      return directory(`.data/${part ?? 'backups'}/${variable === 'BACKUP_COPY_URL' ? 'copy' : 'main'}`);
    throw new Failure(`${variable} is not set. Set it to a bucket, such as s3://acme-backups.`);
  }
  const { protocol, host, pathname } = new URL(url);
  const below = [...pathname.split('/').filter(Boolean), service, own].join('/');
  return protocol === 'file:'
    ? directory(`${fileURLToPath(url)}/${service}/${own}`)
    : s3({
        bucket: host,
        region,
        prefix: below,
        endpoint,
        accessKeyId: config.backupS3AccessKeyId,
        secretAccessKey: config.backupS3SecretAccessKey,
      });
}
