import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Bucket, Storage } from '@google-cloud/storage';
import { Failure } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';
import { explainer, Watched } from '../backup-stores/failures.js';
import { folderBelow, type OpenStore, pathOf } from '../backup-stores/store-at.js';
import type { Secret } from '../config/secret.js';

export interface GoogleConfig {
  /** The key file of a service account. Without it, the machine's own rights: the workload identity of the pod or the instance. */
  readonly backupGoogleCredentials?: Secret<string> | undefined;
}

/** Bytes that are sent, and kept in memory until the store has them, at a time. */
const PART = 32 * 1024 * 1024;

const RETRIES = { autoRetry: true, maxRetries: 4, totalTimeout: 120, maxRetryDelay: 10 };

/** Buckets that URLs such as `gs://acme-backups/folder` name. */
export function googleBuckets(
  { backupGoogleCredentials }: GoogleConfig,
  { retries = RETRIES, endpoint }: { readonly retries?: typeof RETRIES; readonly endpoint?: string } = {},
): OpenStore {
  return (url, folder) => {
    const storage = new Storage({
      retryOptions: retries,
      ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
      timeout: 60_000,
      ...(backupGoogleCredentials ? { credentials: credentialsOf(backupGoogleCredentials) } : {}),
    });
    return googleCloudStorage(storage.bucket(url.host), folderBelow(pathOf(url), folder));
  };
}

function googleCloudStorage(bucket: Bucket, prefix: string): BackupStore {
  const name = `gs://${bucket.name}/${prefix}`;
  const file = (key: string) => bucket.file(`${prefix}/${key}`);
  return {
    name,

    async list(below) {
      const [files] = await bucket
        .getFiles({ prefix: `${prefix}/${below}` })
        .catch(explain(`${name} cannot be listed`));
      return files.map((one) => ({ key: one.name.slice(prefix.length + 1), bytes: Number(one.metadata.size ?? 0) }));
    },

    /** In parts, which become an object when all are there; what fails leaves none. */
    async write(key, content) {
      const watched = new Watched(content);
      try {
        await pipeline(
          Readable.from(watched.content, { objectMode: false }),
          file(key).createWriteStream({ resumable: true, chunkSize: PART }),
        );
      } catch (error) {
        watched.throwIfFailed();
        explain(`${name}/${key} cannot be written`)(error);
      }
    },

    async read(key) {
      return reading(file(key).createReadStream(), explain(`${name}/${key} cannot be read`));
    },

    async remove(key) {
      await file(key)
        .delete({ ignoreNotFound: true })
        .catch(explain(`${name}/${key} cannot be removed`));
    },
  };
}

/** It begins to read only here, so what fails does so here. */
async function* reading(content: Readable, fail: (error: unknown) => never): AsyncIterable<Uint8Array> {
  try {
    yield* content as AsyncIterable<Uint8Array>;
  } catch (error) {
    fail(error);
  }
}

function credentialsOf(secret: Secret<string>): object {
  try {
    return JSON.parse(secret.reveal()) as object;
  } catch {
    throw new Failure('BACKUP_GOOGLE_CREDENTIALS is no JSON. Give the content of the key file of a service account.');
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  401: 'Give the process a workload identity, or correct BACKUP_GOOGLE_CREDENTIALS.',
  403: 'Give the service account of the process the role "Storage Object Admin" on this bucket.',
  404: 'Make the bucket, or correct the URL of the store; "db:backups" lists what there is.',
};

/** Uploads fail in another way than everything else. */
const explain = explainer((error) => {
  const { code, status, response } = error as { code?: unknown; status?: unknown; response?: { status?: unknown } };
  return [response?.status, status, code].map(String).find((one) => one in ADVICE);
}, ADVICE);
