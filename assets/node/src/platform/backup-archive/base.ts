import { randomBytes } from 'node:crypto';
import { createGzip } from 'node:zlib';
import type { Limits } from '../backup/database-interface.js';
import { encrypted } from '../backup/encryption.js';
import { AlreadyRunning, Failure } from '../backup/failure.js';
import { type Digest, newId, timeOf } from '../backup/manifest.js';
import { environmentOf } from '../backup/postgresql/libpq.js';
import { majorVersionOf, outputOf } from '../backup/program.js';
import type { BackupStore } from '../backup/store.js';
import { bytesOf, digestOf, isSame, once, Tap, through } from '../backup/streams.js';
import { readLog, systemsIn, walKey } from './archive.js';
import { ArchivedServer } from './server.js';
import type { Report } from './settings.js';
import { nameOf, numberAt, segmentOf } from './wal.js';

/** What is known of a base backup without opening it. Written last: without one, there is no base backup. */
export interface Base {
  readonly format: 1;
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  /** The identifier of the database cluster. */
  readonly system: string;
  readonly serverVersion: number;
  readonly segmentBytes: number;
  /** The segment that a recovery begins with. */
  readonly startSegment: string;
  /** The segment that has a commit from after its end. */
  readonly endSegment: string;
  readonly startedAt: string;
  /** The first moment that it can be brought to. */
  readonly finishedAt: string;
  readonly recipients: readonly string[];
  /** The tar archive, compressed, and as it is stored. */
  readonly plain: Digest;
  readonly stored: Digest;
}

export interface BaseRun {
  readonly service: string;
  readonly environment: string;
  readonly url: string;
  readonly slot: string;
  readonly recipients: readonly string[];
  readonly stores: readonly BackupStore[];
  /** Milliseconds of the past of which every moment can be had. */
  readonly window: number;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Takes each reason for which nothing could be removed, although the base backup is good. */
  readonly complain: (reason: string) => void;
}

/** Base backups that stay whatever their age. */
const LEAST = 2;

/** The key of the advisory lock that a base backup holds. */
const LOCK = 1_650_879_079;

export function archiveKeyOf({ system, id }: Pick<Base, 'system' | 'id'>): string {
  return `${system}/base/${id}/archive`;
}

/** Copies the files of the whole server into the stores, and removes what no moment within the window needs any more. */
export async function createBase(run: BaseRun): Promise<Base> {
  const server = await ArchivedServer.open(run.url, run.slot, run.limits);
  try {
    if (!(await server.lock(LOCK))) throw new AlreadyRunning('another base backup of this server is at work');
    const client = await majorVersionOf('pg_basebackup');
    if (client < server.version) {
      throw new Failure(
        `The server has PostgreSQL ${server.version}, and pg_basebackup ${client}. Install client programs of version ${server.version} or later.`,
      );
    }
    // The log that the copy needs must still be there when the copy ends.
    await server.hold();
    const base = await copyServer(run, server);
    for (const store of run.stores) {
      for (const reason of await prune(store, base.system, run)) run.complain(reason);
    }
    return base;
  } finally {
    await server.close();
  }
}

async function copyServer(run: BaseRun, server: ArchivedServer): Promise<Base> {
  const { service, environment, recipients, stores, report } = run;
  const { system, version: serverVersion, segmentBytes, url } = server;
  const startedAt = await server.now();
  const id = newId(startedAt, randomBytes(4).toString('hex'));
  report('base backup started', { base: id });
  const key = archiveKeyOf({ system, id });
  const [main, ...copies] = stores as [BackupStore, ...BackupStore[]];
  const [plain, stored, label] = [new Tap(), new Tap(), new Label()];
  // In one piece of tar, with the log that makes it whole and a list of the checksums of all files in it.
  const args = [
    '--no-password',
    '--pgdata=-',
    '--format=tar',
    '--wal-method=fetch',
    '--checkpoint=fast',
    '--manifest-checksums=SHA256',
  ];
  const program = { command: 'pg_basebackup', args, env: environmentOf(url) };
  try {
    const packed = plain.through(through(label.through(outputOf(program, run.signal)), createGzip({ level: 1 })));
    await main.write(key, stored.through(await encrypted(packed, recipients)));
    const end = await server.heartbeat();
    const startSegment = label.startSegment();
    const { timeline } = segmentOf(startSegment, segmentBytes);
    const base: Base = {
      format: 1,
      id,
      service,
      environment,
      system,
      serverVersion,
      segmentBytes,
      startSegment,
      endSegment: nameOf({ timeline, number: numberAt(end.lsn, segmentBytes) }, segmentBytes),
      startedAt: startedAt.toISOString(),
      finishedAt: end.at.toISOString(),
      recipients,
      plain: plain.digest(),
      stored: stored.digest(),
    };
    await confirm(main, key, base);
    for (const copy of copies) {
      await copy.write(key, await main.read(key));
      await confirm(copy, key, base);
    }
    return base;
  } catch (error) {
    for (const store of stores) {
      for (const name of [manifestKeyOf(system, id), key]) await store.remove(name).catch(() => undefined);
    }
    throw error;
  }
}

async function confirm(store: BackupStore, key: string, base: Base): Promise<void> {
  const found = await digestOf(await store.read(key));
  if (!isSame(found, base.stored)) {
    throw new Failure(
      `${store.name} gives back another base backup than it was given: ${found.bytes} of ${base.stored.bytes} bytes. Look at the store; the older ones are untouched.`,
    );
  }
  const manifest = manifestKeyOf(base.system, base.id);
  await store.write(manifest, once(Buffer.from(`${JSON.stringify(base, null, 2)}\n`)));
  const written = await readBase(store, manifest);
  if (typeof written === 'string') throw new Failure(written);
}

/** What a store has of base backups. */
export interface Bases {
  /** Those with a manifest that can be read, the newest first. */
  readonly good: readonly Base[];
  /** What is wrong with the others, one sentence each. One of them is no reason to do without the rest. */
  readonly damaged: readonly string[];
}

/** Of one server or of all. */
export async function readBases(store: BackupStore, system?: string): Promise<Bases> {
  const systems = system === undefined ? await systemsIn(store) : [system];
  const good: Base[] = [];
  const damaged: string[] = [];
  for (const one of systems) {
    for (const { key } of await store.list(`${one}/base/`)) {
      if (!key.endsWith('/manifest.json')) continue;
      const base = await readBase(store, key);
      if (typeof base === 'string') damaged.push(base);
      else good.push(base);
    }
  }
  return { good: good.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)), damaged };
}

/** A base backup, or what is wrong with its manifest; a store that does not answer is another matter. */
async function readBase(store: BackupStore, key: string): Promise<Base | string> {
  let base: Partial<Base> = {};
  try {
    base = JSON.parse((await bytesOf(await store.read(key))).toString('utf8')) as Partial<Base>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (base.format !== 1 || key !== manifestKeyOf(base.system ?? '', base.id ?? '')) {
    return `${key} in ${store.name} is no manifest of this base backup: it is damaged or swapped.`;
  }
  return base as Base;
}

/**
 * Old base backups go, and the log before the oldest one that stays; never in a run that has not made a new one.
 *
 * @returns what is wrong with manifests. While one cannot be read, nobody knows which log its base backup needs, so all of it stays.
 */
export async function prune(
  store: BackupStore,
  system: string,
  { window, report }: Pick<BaseRun, 'window' | 'report'>,
): Promise<readonly string[]> {
  const { good: bases, damaged } = await readBases(store, system);
  await removeAbandoned(store, system, report);
  if (damaged.length > 0) return damaged;
  const begin = Date.now() - window;
  // The newest one from before the window is where its first moment begins.
  const first = bases.findIndex(({ finishedAt }) => Date.parse(finishedAt) <= begin);
  const kept = first === -1 ? bases.length : Math.max(first + 1, LEAST);
  for (const { id } of bases.slice(kept)) {
    await store.remove(manifestKeyOf(system, id));
    await store.remove(archiveKeyOf({ system, id }));
    report('base backup removed', { base: id, store: store.name });
  }
  const oldest = bases[Math.min(kept, bases.length) - 1];
  if (oldest === undefined) return [];
  const needed = segmentOf(oldest.startSegment, oldest.segmentBytes).number;
  const { segments, tails } = await readLog(store, system);
  const old = (segment: string) => segmentOf(segment, oldest.segmentBytes).number < needed;
  const gone = [
    ...[...segments].filter(old).map((segment) => walKey(system, segment)),
    ...tails.filter(({ segment }) => old(segment)).map(({ key }) => key),
  ];
  for (const key of gone) await store.remove(key);
  if (gone.length > 0) report('log removed', { objects: gone.length, store: store.name });
  return [];
}

/** Runs that were killed leave an archive without a manifest; it goes when no run can be at work on it any more. */
const ABANDONED = 2 * 24 * 60 * 60 * 1000;

async function removeAbandoned(store: BackupStore, system: string, report: Report): Promise<void> {
  const keys = (await store.list(`${system}/base/`)).map(({ key }) => key);
  for (const key of keys.filter((one) => one.endsWith('/archive'))) {
    const id = key.split('/').at(-2) ?? '';
    if (keys.includes(manifestKeyOf(system, id)) || !(Date.now() - timeOf(id) > ABANDONED)) continue;
    await store.remove(key);
    report('leftover of a base backup removed', { base: id, store: store.name });
  }
}

function manifestKeyOf(system: string, id: string): string {
  return `${system}/base/${id}/manifest.json`;
}

/** Reads at the beginning of the archive, in the file `backup_label`, where the log is needed from. */
class Label {
  #head = Buffer.alloc(0);

  async *through(tar: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of tar) {
      if (this.#head.length < 4_096) this.#head = Buffer.concat([this.#head, chunk]).subarray(0, 4_096);
      yield chunk;
    }
  }

  startSegment(): string {
    const [, segment] = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(this.#head.toString('latin1')) ?? [];
    if (segment === undefined) throw new Failure('What pg_basebackup wrote does not say where the log begins.');
    return segment;
  }
}
