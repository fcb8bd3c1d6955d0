import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { BackupStore, StoredObject } from '../backup/store.js';
import { explainer, Watched } from '../backup-stores/failures.js';
import { folderBelow, type OpenStore, pathOf } from '../backup-stores/store-at.js';
import type { Secret } from '../config/secret.js';

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** The part of the bucket that belongs to the service and its environment. */
  readonly prefix: string;
  /** Of something that speaks S3's protocol. */
  readonly endpoint?: string | undefined;
  /** Without both, the machine's own rights: a role of the pod or the instance. */
  readonly accessKeyId?: Secret<string> | undefined;
  readonly secretAccessKey?: Secret<string> | undefined;
}

export interface S3Config {
  readonly backupS3AccessKeyId?: Secret<string> | undefined;
  readonly backupS3SecretAccessKey?: Secret<string> | undefined;
}

/** Buckets that URLs such as `s3://acme-backups/folder` name. */
export function s3Buckets(config: S3Config, place: Pick<S3Options, 'region' | 'endpoint'>): OpenStore {
  return (url, folder) =>
    s3({
      ...place,
      bucket: url.host,
      prefix: folderBelow(pathOf(url), folder),
      accessKeyId: config.backupS3AccessKeyId,
      secretAccessKey: config.backupS3SecretAccessKey,
    });
}

/** Bytes of a part: 10,000 of them, the most there may be, are 312 GiB. Two are in memory at a time. */
const PART = 32 * 1024 * 1024;

export function s3(options: S3Options): BackupStore {
  const { bucket, prefix, endpoint, region, accessKeyId, secretAccessKey } = options;
  const name = `s3://${bucket}/${prefix}`;
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId: accessKeyId.reveal(), secretAccessKey: secretAccessKey.reveal() } }
      : {}),
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    // Others than AWS refuse checksums they do not know; what is written is read back and compared anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const place = (key: string) => ({ Bucket: bucket, Key: `${prefix}/${key}` });

  return {
    name,

    async list(below) {
      const objects: StoredObject[] = [];
      let token: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: `${prefix}/${below}`,
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
          )
          .catch(explain(`${name} cannot be listed`));
        for (const { Key = '', Size = 0 } of page.Contents ?? []) {
          objects.push({ key: Key.slice(prefix.length + 1), bytes: Size });
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return objects;
    },

    /** In parts, which become an object when all are there; what fails takes its parts back. */
    async write(key, content) {
      const watched = new Watched(content);
      const body = Readable.from(watched.content);
      const upload = new Upload({ client, params: { ...place(key), Body: body }, partSize: PART, queueSize: 2 });
      try {
        await upload.done();
      } catch (error) {
        body.destroy();
        watched.throwIfFailed();
        return explain(`${name}/${key} cannot be written`)(error);
      }
    },

    async read(key) {
      const { Body } = await client
        .send(new GetObjectCommand(place(key)))
        .catch(explain(`${name}/${key} cannot be read`));
      return Body as Readable;
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(place(key))).catch(explain(`${name}/${key} cannot be removed`));
    },
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Make the bucket, or correct the URL of the store.',
  NoSuchKey: 'List what there is with "db:backups".',
  AccessDenied: 'Give the role of the process the rights on this bucket.',
  InvalidAccessKeyId: 'Correct BACKUP_S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'Correct BACKUP_S3_SECRET_ACCESS_KEY.',
  CredentialsProviderError: 'Give the process a role, or set BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY.',
};

const explain = explainer((error) => (error as { name?: string }).name, ADVICE);
