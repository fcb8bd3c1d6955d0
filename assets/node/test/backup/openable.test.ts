import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runBackups } from '../../src/platform/backup/main.js';
import { noteProved, provedIn } from '../../src/platform/backup/proved.js';
import type { StoreOpeners } from '../../src/platform/backup/store.js';
import { directory } from '../../src/platform/backup-stores/directory.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openable-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says why the store cannot be opened beside the list of the copies', async () => {
  const main = () => {
    throw new Error('BACKUP_S3_SECRET_ACCESS_KEY is not set');
  };
  const [output, complaints] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockReturnValue(true),
  );
  try {
    const list = (stores: StoreOpeners) =>
      runBackups(['list'], {
        service: 'orders',
        loadConfig: async () => ({ environment: 'prod', backupLockTimeout: 1 }),
        stores: () => stores,
        retention: { all: 1, days: 0, months: 0, least: 1 },
        recoveryTime: 1,
      });
    expect(await list({ main, copy: () => directory(folder) })).toBe(0);
    expect(output?.mock.calls.join('')).toContain(folder);
    expect(complaints?.mock.calls.join('')).toContain('BACKUP_S3_SECRET_ACCESS_KEY is not set');
    expect(await list({ main })).toBe(1);
  } finally {
    output?.mockRestore();
    complaints?.mockRestore();
  }
});

it('keeps the newest backup that was restored from being removed, also when an older one is restored after it', async () => {
  const store = directory(folder);
  const [old, middle, fresh] = ['20260101', '20260102', '20260103'].map((day) => `${day}T000000Z-0a1b2c3d`);
  for (const [restored, proved] of [
    [middle, middle],
    [old, middle],
    [fresh, fresh],
  ]) {
    await noteProved(store, `${restored}`);
    expect(await provedIn(store)).toBe(proved);
  }
});
