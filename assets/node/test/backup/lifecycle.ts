import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { readCatalogue } from '../../src/platform/backup/catalogue.js';
import { createBackup } from '../../src/platform/backup/create.js';
import type { BackupDatabase } from '../../src/platform/backup/database-interface.js';
import { drillRestore } from '../../src/platform/backup/drill.js';
import { archiveKey, type Manifest, manifestKey } from '../../src/platform/backup/manifest.js';
import { restoreBackup } from '../../src/platform/backup/restore.js';
import type { Run } from '../../src/platform/backup/settings.js';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { bytesOf, once } from '../../src/platform/backup/streams.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { bent } from './stores.js';

const HOUR = 60 * 60 * 1000;

/** A database under test, and how to look into it. */
export interface Subject {
  readonly database: BackupDatabase;
  readonly table: string;
  /** A database with two customers and one applied migration. */
  filled(): Promise<string>;
  empty(): Promise<string>;
  /** An empty database that a drill may use. */
  scratch(): Promise<string>;
  names(url: string): Promise<string[]>;
}

/** What holds for the backups of every database. */
export function describeLifecycle(start: () => Promise<Subject>): void {
  let subject: Subject;
  let identity: string;
  let recipient: string;
  let folder: string;
  let store: BackupStore;
  let events: [string, object | undefined][];

  beforeAll(async () => {
    subject = await start();
    identity = await generateIdentity();
    recipient = await identityToRecipient(identity);
  });
  beforeEach(() => {
    events = [];
    folder = mkdtempSync(join(tmpdir(), 'backups-'));
    store = directory(folder);
    return () => rmSync(folder, { recursive: true, force: true });
  });

  const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };
  const run = (url: string, changes: Partial<Run> = {}): Run => ({
    service: 'orders',
    environment: 'prod',
    database: subject.database,
    url,
    limits,
    recipients: [recipient],
    retention: { all: HOUR, days: 0, months: 0, least: 2 },
    main: store,
    signal: new AbortController().signal,
    report: (event, details) => events.push([event, details]),
    ...changes,
  });
  const restore = async (to: string, changes: object = {}) => {
    const manifest = (await readCatalogue(store)).good[0] as Manifest;
    const { signal } = new AbortController();
    return restoreBackup({
      database: subject.database,
      store,
      manifest,
      to,
      identity,
      overwrite: false,
      limits,
      signal,
      ...changes,
    });
  };

  it('comes back with its rows and its schema version', async () => {
    const manifest = await createBackup(run(await subject.filled()));
    expect(manifest.rows[subject.table]).toEqual({ least: 2, most: 2 });
    expect(manifest.schemaVersion).toBe('20260101000000_init');
    const target = await subject.empty();
    const restored = await restore(target);
    expect(restored).toMatchObject({ rows: manifest.rows, schemaVersion: manifest.schemaVersion });
    expect(restored.objects).toEqual(manifest.objects);
    expect(await subject.names(target)).toEqual(['Ada', 'Grace']);
  });

  it('is of no use without the private key, and says so', async () => {
    await createBackup(run(await subject.filled()));
    const target = await subject.empty();
    await expect(restore(target, { identity: undefined })).rejects.toThrow('Give the private key');
    await expect(restore(target, { identity: await generateIdentity() })).rejects.toThrow(
      'cannot be decrypted with this key',
    );
    await expect(restore(target, { identity: 'AGE-SECRET-KEY-1NONE' })).rejects.toThrow('none of age');
    const archives = (await store.list('')).filter(({ key }) => key.endsWith('/archive'));
    expect((await bytesOf(await store.read(archives[0]?.key ?? ''))).includes('Grace')).toBe(false);
  });

  it('is refused in production when nothing would encrypt it', async () => {
    await expect(createBackup(run(await subject.filled(), { recipients: [] }))).rejects.toThrow(
      'would not be encrypted',
    );
    await expect(createBackup(run(await subject.filled(), { recipients: ['age1wrong'] }))).rejects.toThrow(
      'no public key of age',
    );
    expect(await store.list('')).toEqual([]);
  });

  it('is not restored over rows, unless that is asked for', async () => {
    const url = await subject.filled();
    await createBackup(run(url));
    const target = await subject.filled();
    await expect(restore(target)).rejects.toThrow('is not empty');
    await restore(target, { overwrite: true });
    expect(await subject.names(target)).toEqual(['Ada', 'Grace']);
  });

  it('that cannot be decrypted leaves a target as it is that is to be overwritten', async () => {
    const { id } = await createBackup(run(await subject.filled()));
    const target = await subject.filled();
    const overwrite = true;
    await expect(restore(target, { overwrite, identity: await generateIdentity() })).rejects.toThrow(
      'cannot be decrypted with this key',
    );
    await store.write(archiveKey(id), once(Buffer.from('nothing of the kind')));
    const [manifest] = [JSON.parse((await bytesOf(await store.read(manifestKey(id)))).toString())];
    await expect(restore(target, { overwrite, manifest })).rejects.toThrow('damaged or swapped');
    expect(await subject.names(target)).toEqual(['Ada', 'Grace']);
  });

  it.each([
    ['truncated', (archive: Buffer) => archive.subarray(0, archive.length - 100)],
    [
      'bit-flipped',
      (archive: Buffer) => Buffer.from(archive.map((byte, i) => (i === archive.length - 50 ? byte ^ 1 : byte))),
    ],
  ])('%s is found out before the target is touched', async (_, damage) => {
    const { id } = await createBackup(run(await subject.filled()));
    await store.write(archiveKey(id), once(damage(await bytesOf(await store.read(archiveKey(id))))));
    const target = await subject.empty();
    const damaged = { id, ...JSON.parse((await bytesOf(await store.read(manifestKey(id)))).toString()) };
    await expect(restore(target, { manifest: damaged, overwrite: true })).rejects.toThrow('damaged or swapped');
    expect(await subject.names(target).catch(() => [])).toEqual([]);
  });

  it('swapped for another is found out', async () => {
    const url = await subject.filled();
    const first = await createBackup(run(url));
    const second = await createBackup(run(url));
    await store.write(archiveKey(second.id), once(await bytesOf(await store.read(archiveKey(first.id)))));
    await expect(restore(await subject.empty(), { manifest: second })).rejects.toThrow('damaged or swapped');
    await store.write(manifestKey(second.id), once(await bytesOf(await store.read(manifestKey(first.id)))));
    const { good, damaged } = await readCatalogue(store);
    expect(good.map(({ id }) => id)).toEqual([first.id]);
    expect(damaged.get(second.id)).toContain('objects were swapped');
  });

  it.each([
    ['loses bytes', (content: Buffer) => content.subarray(1)],
    ['gives back something else', (content: Buffer) => Buffer.alloc(content.length)],
  ])('of a store that says it has everything and %s is none, and the older ones stay', async (_, change) => {
    const url = await subject.filled();
    const good = await createBackup(run(url));
    const lying = bent(store, {
      write: async (key, content) => store.write(key, once(change(await bytesOf(content)))),
    });
    await expect(
      createBackup(run(url, { main: lying, retention: { all: 0, days: 0, months: 0, least: 1 } })),
    ).rejects.toThrow('gives back another archive than it was given');
    const { good: left, damaged } = await readCatalogue(store);
    expect(left.map(({ id }) => id)).toEqual([good.id]);
    expect([...damaged]).toEqual([]);
  });

  it('that fails half-way leaves nothing, and the next one succeeds', async () => {
    const url = await subject.filled();
    const failing = bent(store, {
      write: async (key, content) => {
        await store.write(
          key,
          (async function* () {
            for await (const chunk of content) {
              yield chunk.subarray(0, 10);
              throw new Error('the connection was reset');
            }
          })(),
        );
      },
    });
    await expect(createBackup(run(url, { main: failing }))).rejects.toThrow('the connection was reset');
    expect(await store.list('')).toEqual([]);
    await createBackup(run(url));
    expect((await readCatalogue(store)).good).toHaveLength(1);
  });

  it('goes when it is old, but never below the number that must stay', async () => {
    const url = await subject.filled();
    const retention = { all: 0, days: 0, months: 0, least: 2 };
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await createBackup(run(url, { retention }))).id);
    const { good } = await readCatalogue(store);
    expect(good.map(({ id }) => id)).toEqual(ids.slice(2).reverse());
  });

  it('is copied to a second place, and stays in the first when that fails', async () => {
    const url = await subject.filled();
    const other = mkdtempSync(join(tmpdir(), 'copies-'));
    try {
      const copy = directory(other);
      const { id } = await createBackup(run(url, { copy }));
      expect((await readCatalogue(copy)).good.map((one) => one.id)).toEqual([id]);
      const away = bent(copy, { write: () => Promise.reject(new Error('no route to the region')) });
      await expect(createBackup(run(url, { copy: away }))).rejects.toThrow('could not be copied');
      expect((await readCatalogue(store)).good).toHaveLength(2);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('of an empty database is one too', async () => {
    await createBackup(run(await subject.empty()));
    expect((await restore(await subject.empty())).rows).toEqual({});
  });

  it('is proved by a drill, which measures and leaves nothing', async () => {
    const { id } = await createBackup(run(await subject.filled()));
    const scratch = await subject.scratch();
    const drill = {
      database: subject.database,
      store,
      backup: 'latest',
      scratch,
      identity,
      recoveryTime: HOUR,
      limits,
    };
    const { signal } = new AbortController();
    const { manifest, milliseconds } = await drillRestore({ ...drill, signal });
    expect(manifest.id).toBe(id);
    expect(milliseconds).toBeGreaterThan(0);
    expect((await subject.database.contentsOf(scratch, limits)).rows).toEqual({});
    await expect(drillRestore({ ...drill, signal, recoveryTime: 0 })).rejects.toThrow('recovery time objective is 0 s');
    await expect(drillRestore({ ...drill, signal, scratch: await subject.filled() })).rejects.toThrow(
      'ends in "drill"',
    );
    await expect(drillRestore({ ...drill, signal, scratch: undefined })).rejects.toThrow('is not set');
  });

  it('that does not have the rows it should have fails the drill', async () => {
    const manifest = await createBackup(run(await subject.filled()));
    const wrong = { ...manifest, rows: { ...manifest.rows, [subject.table]: { least: 3, most: 3 } } };
    await store.write(manifestKey(manifest.id), once(Buffer.from(JSON.stringify(wrong))));
    const { signal } = new AbortController();
    await expect(
      drillRestore({
        database: subject.database,
        store,
        backup: manifest.id,
        scratch: await subject.scratch(),
        identity,
        recoveryTime: HOUR,
        limits,
        signal,
      }),
    ).rejects.toThrow(/customer.* has 2 rows instead of 3/i);
  });

  it('made by a newer version is refused by an older one', async () => {
    const manifest = await createBackup(run(await subject.filled()));
    await expect(restore(await subject.empty(), { manifest: { ...manifest, clientVersion: 99 } })).rejects.toThrow(
      'Use version 99 or later',
    );
  });
}
