import { spawn } from 'node:child_process';
import { once as onceOf } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { bytesOf, once } from '../../src/platform/backup/streams.js';
import { type Base, createBase, readBases } from '../../src/platform/backup-archive/base.js';
import { ArchiveMetrics } from '../../src/platform/backup-archive/metrics.js';
import { recover } from '../../src/platform/backup-archive/recover.js';
import { work } from '../../src/platform/backup-archive/worker.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { freePort } from '../support/free-port.js';
import { inLane } from '../tools/lane.js';
import { binaries, PostgresServer } from './postgres-server.js';
import { bent } from './stores.js';

const HOUR = 60 * 60 * 1000;
const limits = { connectTimeout: 2_000, lockTimeout: 5_000 };

describe.runIf(inLane('backup'))('the archive of a server', () => {
  let server: PostgresServer;
  let folder: string;
  let store: BackupStore;
  let identity: string;
  let recipients: string[];
  let path: string | undefined;
  let running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    identity = await generateIdentity();
    recipients = [await identityToRecipient(identity)];
    server = await PostgresServer.start();
    // Debian has no wrapper for the programs that only servers need.
    path = process.env['PATH'];
    process.env['PATH'] = `${path}${delimiter}${binaries()}`;
    await server.query('postgres', 'CREATE ROLE archiver LOGIN REPLICATION; CREATE TABLE customer (name text)');
  }, 60_000);
  afterAll(async () => {
    process.env['PATH'] = path;
    await server.stop();
  });

  beforeEach(() => {
    running = [];
    folder = mkdtempSync(join(tmpdir(), 'archive-test-'));
    store = directory(join(folder, 'store'));
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
    await sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active');
  });

  const sql = (text: string, on = server) => on.query('postgres', text);
  const namesOn = async (on: PostgresServer) =>
    (await sql('SELECT name FROM customer ORDER BY 1', on)).map(({ name }) => `${name}`);

  const shared = (on = server) => ({
    url: on.urlOf('postgres', 'archiver'),
    slot: 'orders_prod_archive',
    stores: [store],
    recipients,
    limits,
    report: () => undefined,
  });

  /** A process that archives, and what it says. */
  function archiving(changes: Partial<Parameters<typeof work>[0]> = {}, on = server) {
    const stopping = new AbortController();
    const registry = new Registry();
    const events: string[] = [];
    const complaints: string[] = [];
    const ended = work({
      ...shared(on),
      interval: 500,
      metrics: new ArchiveMetrics(registry, 'prod'),
      signal: stopping.signal,
      report: (event) => events.push(event),
      complain: (event, details) => complaints.push(`${event} ${JSON.stringify(details)}`),
      ...changes,
    });
    const metric = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
    const process = {
      events,
      complaints,
      metric,
      /** Until everything that is committed now is in the archive. */
      caughtUp: async () => {
        const now = Date.now() / 1000;
        await expect
          .poll(async () => (await metric('backup_archive_through_timestamp_seconds')) ?? 0, { timeout: 20_000 })
          .toBeGreaterThan(now);
      },
      stop: async () => {
        stopping.abort();
        await ended;
      },
    };
    running.push(process);
    return process;
  }

  const base = (changes: object = {}, on = server): Promise<Base> =>
    createBase({
      ...shared(on),
      service: 'orders',
      environment: 'prod',
      window: HOUR,
      signal: new AbortController().signal,
      complain: () => undefined,
      ...changes,
    });

  async function recovered(at: Date | 'latest', changes: object = {}): Promise<PostgresServer> {
    const place = mkdtempSync(join(tmpdir(), 'recovered-'));
    const { signal } = new AbortController();
    try {
      await recover({ store, at, into: join(place, 'data'), identity, signal, report: () => undefined, ...changes });
    } catch (error) {
      rmSync(place, { recursive: true, force: true });
      throw error;
    }
    const started = await PostgresServer.startIn(place);
    running.push(started);
    return started;
  }

  /** More of the log than one segment holds. */
  const fill = (on = server) =>
    sql(
      `CREATE TABLE IF NOT EXISTS ballast (text text); INSERT INTO ballast
       SELECT repeat(md5(n::text), 60) FROM generate_series(1, 12000) n; TRUNCATE ballast`,
      on,
    );

  const add = (name: string, on = server) => sql(`INSERT INTO customer VALUES ('${name}')`, on);

  const segments = async () =>
    (await store.list('')).map(({ key }) => key).filter((key) => /wal\/[0-9A-F]{24}$/.test(key));

  it('brings a row that was deleted by mistake back, to the second before, and only with the key', async () => {
    const archive = archiving();
    const { startSegment, finishedAt } = await base();
    await add('Margaret Hamilton');
    for (let i = 0; i < 3; i++) await fill();
    await sleep(1_000);
    const before = new Date();
    await sleep(1_000);
    await sql("DELETE FROM customer WHERE name = 'Margaret Hamilton'");
    await archive.caughtUp();
    await archive.stop();
    expect(await namesOn(await recovered(before))).toContain('Margaret Hamilton');

    for (const { key } of await store.list('')) {
      expect((await bytesOf(await store.read(key))).includes('Hamilton')).toBe(false);
    }
    await expect(recovered('latest', { identity: undefined })).rejects.toThrow('Give the private key');
    await expect(recovered('latest', { identity: await generateIdentity() })).rejects.toThrow('cannot be decrypted');

    await expect(recovered(new Date('2020-01-01T00:00:00Z'))).rejects.toThrow(`begins at ${finishedAt}`);
    await expect(recovered(new Date('2100-01-01T00:00:00Z'))).rejects.toThrow('reaches to');

    const [one = '', two = ''] = (await segments()).filter((key) => (key.split('/').at(-1) ?? '') > startSegment);
    const [first, second] = [await bytesOf(await store.read(one)), await bytesOf(await store.read(two))];
    await store.write(one, once(first.subarray(0, -9)));
    await expect(recovered('latest')).rejects.toThrow('is damaged');
    await store.write(one, once(first.map((byte, i) => (i === 5_000 ? byte ^ 1 : byte))));
    await expect(recovered('latest')).rejects.toThrow('is damaged');
    await store.write(one, once(second));
    await expect(recovered('latest')).rejects.toThrow('damaged or swapped');
    await store.remove(one);
    await expect(recovered('latest')).rejects.toThrow('lacks segment');
  }, 60_000);

  it('loses nothing when the store is away, the process ends or the server crashes', async () => {
    let away = false;
    const shaky = bent(store, {
      write: (key, content) => (away ? Promise.reject(new Error('no route to the store')) : store.write(key, content)),
    });
    const first = archiving({ stores: [shaky] });
    await base();
    await first.caughtUp();
    const idle = archiving();
    await expect.poll(() => idle.events).toContain('waiting: another process archives this server');
    expect(await idle.metric('backup_archive_through_timestamp_seconds')).toBeUndefined();
    await idle.stop();
    away = true;
    await add('while the store was away');
    for (let i = 0; i < 3; i++) await fill();
    await expect.poll(() => first.complaints.join('')).toContain('no route to the store');
    expect(await first.metric('backup_archive_through_timestamp_seconds')).toBeLessThan(Date.now() / 1000);
    await expect
      .poll(() => first.metric('backup_archive_kept_bytes'), { timeout: 10_000 })
      .toBeGreaterThan(32 * 1024 * 1024);
    // It has read the log and archived none of it.
    await first.stop();
    const second = archiving();
    await second.caughtUp();
    await server.shut();
    await server.open();
    await add('after the crash');
    await second.caughtUp();
    expect(await namesOn(await recovered('latest'))).toEqual(
      expect.arrayContaining(['after the crash', 'while the store was away']),
    );
  }, 60_000);

  it('does not believe a store that says it has everything', async () => {
    let lies = true;
    const lying = bent(store, {
      write: async (key, content) => {
        const bytes = await bytesOf(content);
        await store.write(key, once(lies ? bytes.subarray(0, -1) : bytes));
      },
    });
    await expect(base({ stores: [lying] })).rejects.toThrow('gives back another base backup');
    expect((await readBases(store)).good).toEqual([]);
    const archive = archiving({ stores: [lying] });
    await fill();
    await expect.poll(() => archive.complaints.join('')).toContain('gives back something else than it was given');
    expect(await segments()).toEqual([]);
    lies = false;
    await archive.caughtUp();
    expect(await segments()).not.toEqual([]);
  }, 60_000);

  it('says so where the server has given up the slot, and asks for a base backup', async () => {
    const archive = archiving();
    await base();
    await archive.caughtUp();
    await expect.poll(() => archive.metric('backup_archive_needs_base')).toBe(0);
    await archive.stop();
    await sql("ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'");
    await sql('SELECT pg_reload_conf()');
    for (let i = 0; i < 4; i++) await fill();
    await sql('CHECKPOINT');
    const next = archiving();
    await next.caughtUp();
    await sql('ALTER SYSTEM RESET max_slot_wal_keep_size');
    await sql('SELECT pg_reload_conf()');
    expect(next.complaints.join('')).toContain('log is missing: make a base backup now');
    await expect.poll(() => next.metric('backup_archive_needs_base')).toBe(1);
    await expect(recovered('latest')).rejects.toThrow('lacks segment');
    await base();
    await expect.poll(() => next.metric('backup_archive_needs_base'), { timeout: 10_000 }).toBe(0);
  }, 60_000);

  it('follows a server that was itself recovered, on its new timeline, and keeps two base backups at least', async () => {
    const archive = archiving();
    const ids = [];
    for (let i = 0; i < 3; i++) ids.unshift((await base({ window: 0 })).id);
    await archive.caughtUp();
    await archive.stop();
    const { good: bases } = await readBases(store);
    expect(bases.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const names = (await segments()).map((key) => key.split('/').at(-1) ?? '');
    expect(names.filter((name) => name < (bases.at(-1)?.startSegment ?? ''))).toEqual([]);

    const promoted = await recovered('latest');
    const next = archiving({}, promoted);
    await add('on the new timeline', promoted);
    await fill(promoted);
    await next.caughtUp();
    await next.stop();
    expect((await store.list('')).some(({ key }) => key.endsWith('/wal/00000002.history'))).toBe(true);
    expect(await namesOn(await recovered('latest'))).toContain('on the new timeline');
  }, 60_000);

  it('does without a base backup whose manifest is damaged, and removes what killed runs have left', async () => {
    const archive = archiving();
    const { system, id } = await base();
    const lost = `${system}/base/20200101T000000Z-00000000`;
    await store.write(`${lost}/archive`, once(Buffer.from('half of it')));
    await store.write(`${system}/base/20260101T000000Z-00000001/manifest.json`, once(Buffer.from('{"format": 1,')));
    await add('after the damage');
    await archive.caughtUp();
    const { good, damaged } = await readBases(store);
    expect(good.map((one) => one.id)).toEqual([id]);
    expect(damaged).toEqual([expect.stringContaining('20260101T000000Z-00000001/manifest.json')]);
    expect(await namesOn(await recovered('latest'))).toContain('after the damage');
    const complaints: string[] = [];
    await base({ complain: (reason: string) => complaints.push(reason) });
    expect(complaints).toEqual(damaged);
    const keys = (await store.list('')).map(({ key }) => key);
    expect(keys.filter((key) => key.startsWith(lost))).toEqual([]);
    expect(keys).toContain(`${system}/base/20260101T000000Z-00000001/manifest.json`);
  }, 60_000);

  it('comes back from the copies when the first store is lost, which have all that it claims to have', async () => {
    const copy = directory(join(folder, 'copy'));
    let away = false;
    const shaky = bent(copy, {
      write: (key, content) => (away ? Promise.reject(new Error('no route to the region')) : copy.write(key, content)),
    });
    const stores = [store, shaky];
    const archive = archiving({ stores });
    await base({ stores });
    await add('in both places');
    await fill();
    await archive.caughtUp();
    away = true;
    await add('in one place only');
    await expect.poll(() => archive.complaints.join('')).toContain('no route to the region');
    const claimed = (await archive.metric('backup_archive_through_timestamp_seconds')) ?? 0;
    expect(claimed).toBeLessThan(Date.now() / 1000 - 0.1);
    away = false;
    await archive.caughtUp();
    await archive.stop();
    rmSync(join(folder, 'store'), { recursive: true });
    await expect(recovered('latest')).rejects.toThrow('There is no base backup');
    expect(await namesOn(await recovered('latest', { store: copy }))).toEqual(
      expect.arrayContaining(['in both places', 'in one place only']),
    );
  }, 60_000);

  it('is a program with probes, metrics and exit codes, whose drill starts a server', async () => {
    const port = await freePort();
    const pushed: string[] = [];
    const gateway = createServer((request, response) => {
      request.on('data', (text) => pushed.push(`${text}`));
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await onceOf(gateway, 'listening');
    const bin = postgresAsServer();
    const env = {
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      STORE: join(folder, 'store'),
      URL: server.urlOf('postgres', 'archiver'),
      RECIPIENT: recipients[0],
      IDENTITY: identity,
      PORT: `${port}`,
      GATEWAY: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    };
    const start = (...argv: string[]) => {
      const program = join(import.meta.dirname, '..', 'fixtures', 'archive.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...argv], {
        env,
        cwd: join(import.meta.dirname, '..', '..'),
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
      const exit = onceOf(child, 'close').then(([code]) => ({ code, output }));
      return { child, exit };
    };
    const archive = start('archive');
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text());
    await expect.poll(() => get('/readyz').catch(() => ''), { timeout: 20_000 }).toContain('ok');
    expect(await start('base').exit).toMatchObject({ code: 0 });
    expect(pushed.join('')).toMatch(/^backup_base_last_success_timestamp_seconds \d+/m);
    const now = Date.now() / 1000;
    const through = async () =>
      Number(/^backup_archive_through_timestamp_seconds\{environment="prod"\} (\S+)/m.exec(await get('/metrics'))?.[1]);
    await expect.poll(through, { timeout: 20_000 }).toBeGreaterThan(now);
    archive.child.kill('SIGTERM');
    expect(await archive.exit).toMatchObject({ code: 0 });
    expect((await start('list').exit).output).toMatch(/server \d+: every moment from 20\S+ to 20/);
    const drill = await start('drill', '--at', 'latest').exit;
    expect(drill).toMatchObject({ code: 0 });
    expect(JSON.parse(drill.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      msg: 'recovery drill finished',
      rows: expect.any(Number),
    });
    expect(await start('recover', '--at', '2026-03-01T12:30', '--into', 'x').exit).toEqual({
      code: 2,
      output: expect.stringContaining('"2026-03-01T12:30" is no moment'),
    });
    const [manifest = ''] = (await store.list('')).map(({ key }) => key).filter((key) => key.endsWith('manifest.json'));
    await store.write(manifest, once(Buffer.from('{')));
    expect(await start('base').exit).toEqual({ code: 1, output: expect.stringContaining('nothing old was removed') });
    gateway.close();
  }, 90_000);

  /** A server does not run as root, and a drill runs one as whoever runs the drill. */
  function postgresAsServer(): string {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const real = join(binaries(), 'postgres');
    const asServer = `chown -R postgres: "$2" && chmod o+x "$(dirname "$2")" && exec setpriv --reuid=postgres --regid=postgres --clear-groups ${real} "$@"`;
    writeFileSync(join(bin, 'postgres'), `#!/bin/sh\n${process.getuid?.() === 0 ? asServer : `exec ${real} "$@"`}\n`, {
      mode: 0o755,
    });
    return bin;
  }
});
