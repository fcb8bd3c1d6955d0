import { Readable } from 'node:stream';
import { DefaultAzureCredential } from '@azure/identity';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { BackupStore, StoredObject } from '../backup/store.js';
import { explainer, Watched } from '../backup-stores/failures.js';
import { folderBelow, type OpenStore, pathOf } from '../backup-stores/store-at.js';
import type { Secret } from '../config/secret.js';

export interface AzureConfig {
  /** Without it, the machine's own rights: the workload identity of the pod or the identity of the instance. */
  readonly backupAzureAccountKey?: Secret<string> | undefined;
}

/** Bytes of a block: 50,000 of them, the most there may be, are 1.5 TiB. Two are in memory at a time. */
const BLOCK = 32 * 1024 * 1024;
const AT_A_TIME = 2;

const RETRIES = { maxTries: 4, tryTimeoutInMs: 60_000, retryDelayInMs: 500, maxRetryDelayInMs: 10_000 };

/** Containers that URLs such as `https://acme.blob.core.windows.net/backups/folder` name. */
export function azureContainers({ backupAzureAccountKey: key }: AzureConfig, retries = RETRIES): OpenStore {
  return (url, folder) => {
    // A machine of one's own, and the emulator, have the name of the account in the path.
    const path = pathOf(url);
    const inPath = /^(?:localhost|[\d.]+)$/.test(url.hostname);
    const account = inPath ? (path.shift() ?? '') : (url.hostname.split('.')[0] ?? '');
    const [container = '', ...below] = path;
    const service = new BlobServiceClient(
      inPath ? `${url.origin}/${account}` : url.origin,
      key ? new StorageSharedKeyCredential(account, key.reveal()) : new DefaultAzureCredential(),
      { retryOptions: retries },
    );
    return azureBlob(service, container, folderBelow(below, folder));
  };
}

function azureBlob(service: BlobServiceClient, containerName: string, prefix: string): BackupStore {
  const container = service.getContainerClient(containerName);
  const name = `${container.url}/${prefix}`;
  const blob = (key: string) => container.getBlockBlobClient(`${prefix}/${key}`);
  return {
    name,

    async list(below) {
      const objects: StoredObject[] = [];
      try {
        for await (const item of container.listBlobsFlat({ prefix: `${prefix}/${below}` })) {
          objects.push({ key: item.name.slice(prefix.length + 1), bytes: item.properties.contentLength ?? 0 });
        }
      } catch (error) {
        explain(`${name} cannot be listed`)(error);
      }
      return objects;
    },

    /** In blocks, which become a blob when all are there; Azure forgets those of a write that failed. */
    async write(key, content) {
      const watched = new Watched(content);
      const body = Readable.from(watched.content, { objectMode: false });
      try {
        await blob(key).uploadStream(body, BLOCK, AT_A_TIME);
      } catch (error) {
        body.destroy();
        watched.throwIfFailed();
        explain(`${name}/${key} cannot be written`)(error);
      }
    },

    async read(key) {
      const { readableStreamBody } = await blob(key)
        .download()
        .catch(explain(`${name}/${key} cannot be read`));
      return readableStreamBody as Readable;
    },

    async remove(key) {
      await blob(key)
        .deleteIfExists()
        .catch(explain(`${name}/${key} cannot be removed`));
    },
  };
}

const RIGHTS =
  'Correct BACKUP_AZURE_ACCOUNT_KEY and the name of the account, or give the identity of the process the role "Storage Blob Data Contributor" on this container.';

const ADVICE: Readonly<Record<string, string>> = {
  ContainerNotFound: 'Make the container, or correct the URL of the store.',
  BlobNotFound: 'List what there is with "db:backups".',
  AuthenticationFailed: RIGHTS,
  InvalidAuthenticationInfo: RIGHTS,
  AuthorizationFailure: RIGHTS,
  AuthorizationPermissionMismatch: RIGHTS,
  CredentialUnavailableError: 'Give the process a workload identity, or set BACKUP_AZURE_ACCOUNT_KEY.',
  AggregateAuthenticationError: 'Give the process a workload identity, or set BACKUP_AZURE_ACCOUNT_KEY.',
};

const explain = explainer((error) => {
  const { code, name } = error as { code?: string; name?: string };
  return code ?? name;
}, ADVICE);
