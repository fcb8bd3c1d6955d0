import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { bytesOf, once } from '../../src/platform/backup/streams.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { impatient } from '../../src/platform/backup-stores/patience.js';
import { bent } from './stores.js';

const LIMIT = 200;
const never = () => new Promise<never>(() => undefined);

describe('a store that is slow', () => {
  let folder: string;
  let store: BackupStore;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'patience-'));
    store = directory(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is given up when it does not answer', async () => {
    const hanging = impatient(bent(store, { list: never, write: never, read: never, remove: never }), LIMIT);
    await expect(hanging.list('')).rejects.toThrow('did not give a list');
    await expect(hanging.write('a', once(Buffer.from('x')))).rejects.toThrow('did not take a within 0 s');
    await expect(hanging.read('a')).rejects.toThrow('did not give a');
    await expect(hanging.remove('a')).rejects.toThrow('did not remove a');
  });

  it('is given up when it stops in the middle', async () => {
    const stopping = bent(store, {
      write: async (_, content) => {
        for await (const chunk of content) if (chunk.length > 0) await never();
      },
      read: async () =>
        (async function* () {
          yield Buffer.from('the beginning');
          await never();
        })(),
    });
    await expect(impatient(stopping, LIMIT).write('a', once(Buffer.from('x')))).rejects.toThrow('did not take a');
    await expect(impatient(stopping, LIMIT).read('a').then(bytesOf)).rejects.toThrow('did not give a');
  });

  it('is not blamed for a dump that takes its time, nor given up while it moves', async () => {
    const slowly = async function* () {
      for (let i = 0; i < 4; i++) {
        await sleep(LIMIT);
        yield Buffer.from(`${i}`);
      }
    };
    await impatient(store, LIMIT).write('a', slowly());
    expect(`${await bytesOf(await impatient(store, LIMIT).read('a'))}`).toBe('0123');
  });
});
