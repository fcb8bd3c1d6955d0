import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId } from '../../src/platform/backup/manifest.js';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { once } from '../../src/platform/backup/streams.js';
import { prune } from '../../src/platform/backup-archive/base.js';
import { directory } from '../../src/platform/backup-stores/directory.js';

const DAY = 24 * 60 * 60 * 1000;
const SYSTEM = '7300000000000000001';
const run = { window: 14 * DAY, report: () => undefined };

let folder: string;
let store: BackupStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prune-test-'));
  store = directory(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (key: string, content: string) => store.write(`${SYSTEM}/${key}`, once(Buffer.from(content)));
const segment = (number: number) => `00000001${'0'.repeat(8)}${number.toString(16).toUpperCase().padStart(8, '0')}`;
const keys = async () => (await store.list('')).map(({ key }) => key).sort();

async function base(days: number, startSegment: number): Promise<{ readonly manifest: string; readonly text: string }> {
  const at = new Date(Date.now() - days * DAY);
  const id = newId(at, '0a1b2c3d');
  const [startedAt, finishedAt] = [at.toISOString(), at.toISOString()];
  const text = JSON.stringify({
    ...{ format: 1, id, system: SYSTEM, segmentBytes: 16 * 1024 * 1024 },
    ...{ startSegment: segment(startSegment), startedAt, finishedAt },
  });
  await write(`base/${id}/archive`, 'files');
  await write(`base/${id}/manifest.json`, text);
  return { manifest: `base/${id}/manifest.json`, text };
}

it.each(['{"format": 1,', '{"format": 2}'])(
  'removes nothing while a manifest reads %s, and goes on when it is mended',
  async (damage) => {
    for (let number = 1; number <= 9; number++) await write(`wal/${segment(number)}`, 'log');
    const { manifest, text } = await base(7, 4);
    await base(0, 8);
    await write(manifest, damage);
    const before = await keys();

    expect(await prune(store, SYSTEM, run)).toEqual([expect.stringContaining(manifest)]);
    expect(await keys()).toEqual(before);

    await write(manifest, text);
    expect(await prune(store, SYSTEM, run)).toEqual([]);
    expect(before.filter((key) => key.includes('/wal/')).length).toBe(9);
    expect((await keys()).filter((key) => key.includes('/wal/'))).toEqual(
      [4, 5, 6, 7, 8, 9].map((number) => `${SYSTEM}/wal/${segment(number)}`),
    );
  },
);
