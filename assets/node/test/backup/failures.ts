import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCatalogue } from '../../src/platform/backup/catalogue.js';
import { createBackup } from '../../src/platform/backup/create.js';
import type { BackupDatabase } from '../../src/platform/backup/database-interface.js';
import { AlreadyRunning } from '../../src/platform/backup/failure.js';
import type { Run } from '../../src/platform/backup/settings.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { bent } from './stores.js';

const HOUR = 60 * 60 * 1000;

/** A database under test, and what can go wrong with it. */
export interface Victim {
  readonly database: BackupDatabase;
  /** A database with rows in it. */
  filled(): Promise<string>;
  /** Adds more than the small disk of a test takes, even compressed. */
  enlarge(url: string): Promise<void>;
  /** Holds a table, and answers how to let it go. */
  lock(url: string): Promise<() => Promise<void>>;
  /** The same database for somebody who does not know the password `hunter22`. */
  readonly stranger?: (url: string) => string;
  /** The program that dumps, and what an old one of it says of its version. */
  readonly program?: { readonly name: string; readonly old: string };
}

/** What holds for failed backups of every database: no good one is lost, what happened is said, and the next run recovers. */
export function describeFailures(start: () => Promise<Victim>, has: { readonly server: boolean }): void {
  let victim: Victim;
  let folder: string;
  let recipients: string[];

  beforeAll(async () => {
    victim = await start();
    folder = mkdtempSync(join(tmpdir(), 'failures-'));
    recipients = [await identityToRecipient(await generateIdentity())];
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const newStore = () => directory(mkdtempSync(join(folder, 'store-')));
  const run = (url: string, changes: Partial<Run> = {}): Run => ({
    service: 'orders',
    environment: 'prod',
    database: victim.database,
    url,
    limits: { connectTimeout: 2_000, lockTimeout: 1_000 },
    recipients,
    retention: { all: HOUR, days: 0, months: 0, least: 1 },
    main: newStore(),
    signal: new AbortController().signal,
    report: () => undefined,
    ...changes,
  });

  it('killed in the middle leaves no backup behind that looks like one, and the next run succeeds', async () => {
    const url = await victim.filled();
    const main = newStore();
    const stopping = new AbortController();
    const slow = bent(main, {
      write: async (key, content) => {
        await main.write(
          key,
          (async function* () {
            for await (const chunk of content) {
              stopping.abort();
              yield chunk;
            }
          })(),
        );
      },
    });
    await expect(createBackup(run(url, { main: slow, signal: stopping.signal }))).rejects.toThrow(/abort|killed/i);
    expect((await readCatalogue(main)).good).toEqual([]);
    await createBackup(run(url, { main }));
    expect((await readCatalogue(main)).good).toHaveLength(1);
  });

  it('on a disk that is full says so, leaves the older ones, and succeeds when there is room', async () => {
    const url = await victim.filled();
    const place = mkdtempSync(join(folder, 'small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]);
    try {
      const main = directory(place);
      const { id } = await createBackup(run(url, { main }));
      await victim.enlarge(url);
      await expect(createBackup(run(url, { main }))).rejects.toThrow('is full');
      expect((await readCatalogue(main)).good.map((one) => one.id)).toEqual([id]);
      execFileSync('mount', ['-o', 'remount,size=16m', place]);
      await createBackup(run(url, { main }));
      expect((await readCatalogue(main)).good).toHaveLength(2);
    } finally {
      execFileSync('umount', [place]);
    }
  });

  it('does not wait for ever for what somebody has locked', async () => {
    const url = await victim.filled();
    const main = newStore();
    const release = await victim.lock(url);
    await expect(createBackup(run(url, { main }))).rejects.toThrow('stayed locked for 1000 ms');
    await release();
    await createBackup(run(url, { main }));
  });

  it.runIf(has.server)('is made by one run at a time', async () => {
    const url = await victim.filled();
    const both = async () => {
      const ended = await Promise.allSettled([createBackup(run(url)), createBackup(run(url))]);
      return ended.map((each) => (each.status === 'rejected' ? each.reason : 'made'));
    };
    // On a busy machine one may be over before the other begins.
    await expect.poll(both, { timeout: 30_000 }).toEqual(expect.arrayContaining(['made', expect.any(AlreadyRunning)]));
  });

  it.runIf(has.server)('says that a password is wrong, and shows none', async () => {
    const url = victim.stranger?.(await victim.filled()) ?? '';
    const failure = await createBackup(run(url)).catch((error: Error) => error.message);
    expect(failure).toContain('cannot be opened');
    expect(failure).not.toContain('hunter22');
  });

  it.runIf(has.server)('is refused by a client older than the server', async () => {
    const url = await victim.filled();
    await withProgram(`echo "${victim.program?.old}"`, async () => {
      await expect(createBackup(run(url))).rejects.toThrow('Install client programs of version');
    });
  });

  it.runIf(has.server)('is none when its program is killed, though all that it was to write is there', async () => {
    const url = await victim.filled();
    const { name = '' } = victim.program ?? {};
    const real = execFileSync('which', [name], { encoding: 'utf8' }).trim();
    const script = `case "$1" in --version) exec ${real} --version;; esac; ${real} "$@"; kill -9 $$`;
    const main = newStore();
    await withProgram(script, async () => {
      await expect(createBackup(run(url, { main }))).rejects.toThrow(`${name} was killed by SIGKILL`);
    });
    expect(await main.list('')).toEqual([]);
  });

  /** Puts another program in place of the one that dumps. */
  async function withProgram(script: string, work: () => Promise<void>): Promise<void> {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const file = join(bin, victim.program?.name ?? '');
    mkdirSync(bin, { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}${delimiter}${before}`;
    try {
      await work();
    } finally {
      process.env['PATH'] = before;
    }
  }
}
