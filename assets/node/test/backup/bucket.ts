import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { bytesOf, once } from '../../src/platform/backup/streams.js';

/** A store under test. */
export interface Place {
  /** A part of one bucket, by its folder. */
  open(folder: string): BackupStore;
  /** A bucket that nobody has made. */
  missing(): BackupStore;
  /** The store, for who has the wrong key. */
  denied?: () => BackupStore;
  /** Where nobody answers. */
  unreachable(): BackupStore;
  stop(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

/** What holds for the buckets of every store. */
export function describeBucket(
  start: () => Promise<Place>,
  advice: { readonly bucket: string; readonly denied: string },
): void {
  let place: Place;
  let folders = 0;
  const store = () => place.open(`orders/prod${++folders}`);

  beforeAll(async () => {
    place = await start();
  }, 60_000);
  afterAll(() => place.stop());

  it('keeps what it is given below the part of the service, replaces it, and gives it back', async () => {
    const own = place.open('orders/prod');
    await own.write('a/archive', once(Buffer.from('hello')));
    await place.open('other/prod').write('b/archive', once(Buffer.from('not ours')));
    await own.write('a/archive', once(Buffer.from('hello again')));
    expect(await own.list('')).toEqual([{ key: 'a/archive', bytes: 11 }]);
    expect(await own.list('b')).toEqual([]);
    expect(`${await bytesOf(await own.read('a/archive'))}`).toBe('hello again');
    await own.remove('a/archive');
    await own.remove('a/archive');
    expect(await own.list('')).toEqual([]);
  });

  it('takes nothing at all, and what is larger than one part', async () => {
    const own = store();
    await own.write('empty', once(Buffer.alloc(0)));
    const pieces = Array.from({ length: 70 }, (_, i) => Buffer.alloc(MEBIBYTE, i));
    await own.write(
      'large',
      (async function* () {
        yield* pieces;
      })(),
    );
    expect(await own.list('')).toEqual([
      { key: 'empty', bytes: 0 },
      { key: 'large', bytes: 70 * MEBIBYTE },
    ]);
    expect((await bytesOf(await own.read('large'))).equals(Buffer.concat(pieces))).toBe(true);
  }, 60_000);

  it.each([1, 40])('shows nothing of what failed after %s MiB, and says what failed', async (size) => {
    const own = store();
    const failing = (async function* () {
      for (let i = 0; i < size; i++) yield Buffer.alloc(MEBIBYTE);
      throw new Error('pg_dump was killed');
    })();
    await expect(own.write('a/archive', failing)).rejects.toThrow('pg_dump was killed');
    expect(await own.list('')).toEqual([]);
  });

  it('names what it does not have, and what to do', async () => {
    await expect(place.missing().list('')).rejects.toThrow(advice.bucket);
    await expect(place.missing().write('a', once(Buffer.from('x')))).rejects.toThrow(/cannot be written: .*/);
    await expect(store().read('a/archive').then(bytesOf)).rejects.toThrow(/cannot be read: .*db:backups/);
  });

  it('says that the key is wrong', async ({ skip }) => {
    if (place.denied === undefined) skip('this double refuses nobody');
    await expect(place.denied?.().list('')).rejects.toThrow(advice.denied);
    await expect(place.denied?.().write('a', once(Buffer.from('x')))).rejects.toThrow(advice.denied);
  });

  it('says that nobody answers', async () => {
    await expect(place.unreachable().list('')).rejects.toThrow(/cannot be listed: .*ECONNREFUSED/);
    await expect(place.unreachable().write('a', once(Buffer.from('x')))).rejects.toThrow(
      /cannot be written: .*ECONNREFUSED/,
    );
  }, 30_000);
}
