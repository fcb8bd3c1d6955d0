import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { bytesOf, once } from '../../src/platform/backup/streams.js';
import { s3 } from '../../src/platform/backup-store-s3/s3.js';
import { Secret } from '../../src/platform/config/secret.js';
import { Moto, REGION } from '../aws/moto.js';
import { inLane } from '../tools/lane.js';

const BUCKET = 'backups';
const credentials = { accessKeyId: new Secret('an-access-key'), secretAccessKey: new Secret('a-secret-key') };

describe.runIf(inLane('backup'))('a bucket of S3', () => {
  let moto: Moto;
  let client: S3Client;
  let store: BackupStore;
  const open = (changes: object = {}) =>
    s3({ bucket: BUCKET, region: REGION, prefix: 'orders/prod', endpoint: moto.url, ...credentials, ...changes });

  beforeAll(async () => {
    moto = await Moto.start();
    client = new S3Client({
      region: REGION,
      endpoint: moto.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'an-access-key', secretAccessKey: 'a-secret-key' },
    });
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(async () => {
    await moto.reset();
    await client.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    store = open();
  });

  it('keeps what it is given below the part of the service, and gives it back', async () => {
    await store.write('a/archive', once(Buffer.from('hello')));
    await open({ prefix: 'other/prod' }).write('b/archive', once(Buffer.from('not ours')));
    expect(await store.list('')).toEqual([{ key: 'a/archive', bytes: 5 }]);
    expect(`${await bytesOf(await store.read('a/archive'))}`).toBe('hello');
    await store.remove('a/archive');
    expect(await store.list('')).toEqual([]);
  });

  it('takes what is larger than one part, in parts', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    await store.write(
      'a/archive',
      (async function* () {
        for (let i = 0; i < 70; i++) yield megabyte;
      })(),
    );
    expect(await store.list('')).toEqual([{ key: 'a/archive', bytes: 70 * 1024 * 1024 }]);
    expect(moto.operations.filter((operation) => operation.includes('partNumber='))).toHaveLength(3);
  });

  it('lists more than one page', async () => {
    for (let i = 0; i < 1_005; i += 15) {
      await Promise.all(Array.from({ length: 15 }, (_, j) => store.write(`a/${i + j}`, once(Buffer.from('x')))));
    }
    expect(await store.list('')).toHaveLength(1_005);
  }, 60_000);

  it('shows nothing of what failed half-way, and keeps no parts of it', async () => {
    const failing = (async function* () {
      for (let i = 0; i < 40; i++) yield Buffer.alloc(1024 * 1024);
      throw new Error('pg_dump was killed');
    })();
    await expect(store.write('a/archive', failing)).rejects.toThrow('pg_dump was killed');
    expect(await store.list('')).toEqual([]);
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? []).toEqual([]);
  });

  it('that does not exist, and what it does not have, are named', async () => {
    await expect(open({ bucket: 'nowhere' }).list('')).rejects.toThrow(
      /s3:\/\/nowhere\/orders\/prod cannot be listed: .* Make the bucket, or correct the URL of the store/,
    );
    await expect(store.read('a/archive')).rejects.toThrow('List what there is');
  });

  it('that nobody answers for is named', async () => {
    await moto.shut();
    await expect(store.list('')).rejects.toThrow(/cannot be listed: .*ECONNREFUSED/);
    await moto.open();
  }, 60_000);
});
