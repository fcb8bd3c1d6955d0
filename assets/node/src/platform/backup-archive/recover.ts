import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { decrypted, requireIdentity } from '../backup/encryption.js';
import { Failure } from '../backup/failure.js';
import { feed, outputOf } from '../backup/program.js';
import type { BackupStore } from '../backup/store.js';
import { digestOf, isSame, Tap } from '../backup/streams.js';
import { get, type Log, readLog, walKey } from './archive.js';
import { archiveKeyOf, type Base, readBases } from './base.js';
import type { Report } from './settings.js';
import { nameOf, segmentOf, verifySegment } from './wal.js';

export interface Recovery {
  readonly store: BackupStore;
  /** A moment, or everything there is. */
  readonly at: Date | 'latest';
  /** A folder that is empty or not there yet: the data directory of a new server. */
  readonly into: string;
  readonly identity: string | undefined;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface Recovered {
  readonly base: Base;
  readonly segments: number;
}

/** What is read to come to a moment. */
interface Plan {
  readonly base: Base;
  /** Keys in the store, by the name that the server asks for. */
  readonly log: ReadonlyMap<string, string>;
}

/** The folder in the data directory that the log is put into. */
const LOG = 'pg_archive';

/**
 * Lays out the data directory of a server that, when it is started, comes up as it was at a moment. Everything it needs is in that
 * folder: no key, no program of ours, no way to the store.
 */
export async function recover(recovery: Recovery): Promise<Recovered> {
  const { store, identity, report, signal } = recovery;
  const into = resolve(recovery.into);
  await requireEmpty(into);
  const { base, log } = await plan(store, recovery.at, report);
  if (base.recipients.length > 0) requireIdentity(identity);
  report('recovery started', { base: base.id, from: base.finishedAt, segments: log.size });
  const key = archiveKeyOf(base);
  if (!isSame(await digestOf(await store.read(key)), base.stored)) {
    throw new Failure(
      `Base backup ${base.id} in ${store.name} is damaged or swapped: its checksum differs from that of its manifest.`,
    );
  }
  await mkdir(join(into, LOG), { recursive: true, mode: 0o700 });
  for (const [name, source] of log) {
    signal.throwIfAborted();
    const content = await get(store, await current(store, base, name, source), identity);
    if (name.length === 24) verifySegment(name, content, base.system, base.segmentBytes);
    await writeFile(join(into, LOG, name), content, { mode: 0o600 });
  }
  await unpack(store, base, into, identity, signal);
  // It knows the checksum of every file, and reads the log that makes them whole.
  const verify = { command: 'pg_verifybackup', args: ['--quiet', `--ignore=${LOG}`, into], env: {} };
  for await (const _ of outputOf(verify, signal));
  await appendFile(join(into, 'postgresql.auto.conf'), settings(recovery.at));
  await writeFile(join(into, 'recovery.signal'), '');
  return { base, segments: log.size };
}

/** Says what would be read, or why a moment cannot be reached, before anything is written. */
async function plan(store: BackupStore, at: Date | 'latest', report: Report): Promise<Plan> {
  const { good: bases, damaged } = await readBases(store);
  for (const reason of damaged) report('base backup damaged', { reason });
  const base = at === 'latest' ? bases[0] : bases.find(({ finishedAt }) => Date.parse(finishedAt) <= at.getTime());
  if (base === undefined) {
    const oldest = bases.at(-1);
    throw new Failure(
      oldest === undefined
        ? `There is no base backup in ${store.name}. Make one with "db:base".`
        : `The archive in ${store.name} begins at ${oldest.finishedAt}. Name a later moment, or restore a dump with "db:restore".`,
    );
  }
  const log = await readLog(store, base.system);
  const end = log.tails.at(-1)?.at;
  if (at !== 'latest' && (end === undefined || end <= at)) {
    throw new Failure(
      `The archive in ${store.name} reaches to ${end?.toISOString() ?? base.finishedAt}. Name a moment before that, or "latest".`,
    );
  }
  // The next base backup ends with a commit, where a recovery to any moment before it finds that it has to stop.
  const next =
    at === 'latest'
      ? undefined
      : bases.findLast(({ finishedAt, system }) => system === base.system && Date.parse(finishedAt) > at.getTime());
  return { base, log: needed(log, base, next, store) };
}

/** The log from a base backup to the next one, or to its end, without a gap. */
function needed(log: Log, base: Base, next: Base | undefined, store: BackupStore): Map<string, string> {
  const { system, segmentBytes } = base;
  const first = segmentOf(base.startSegment, segmentBytes).number;
  const last = next && segmentOf(next.endSegment, segmentBytes).number;
  const isNeeded = (segment: string) => {
    const { number } = segmentOf(segment, segmentBytes);
    return number >= first && (last === undefined || number <= last);
  };
  const wanted = new Map(log.histories.map((name) => [name, walKey(system, name)]));
  for (const segment of [...log.segments].filter(isNeeded).sort()) wanted.set(segment, walKey(system, segment));
  for (const { segment, key } of log.tails) {
    if (isNeeded(segment) && !log.segments.has(segment)) wanted.set(segment, key);
  }
  const numbers = [...wanted.keys()]
    .filter((name) => name.length === 24)
    .map((name) => segmentOf(name, segmentBytes).number);
  const there = new Set(numbers);
  const timeline = segmentOf(base.startSegment, segmentBytes).timeline;
  for (let number = first; number <= Math.max(first, ...numbers); number++) {
    if (!there.has(number)) {
      throw new Failure(
        `The archive in ${store.name} lacks segment ${nameOf({ timeline, number }, segmentBytes)} of the log, so nothing after it can be reached from base backup ${base.id}. Name a moment before ${base.startedAt}, or one after the next base backup.`,
      );
    }
  }
  return wanted;
}

/** The tail of the log is replaced by a newer one every minute, and in the end by its segment: by now it may have another key. */
async function current(store: BackupStore, { system }: Base, segment: string, key: string): Promise<string> {
  if (key === walKey(system, segment)) return key;
  const { segments, tails } = await readLog(store, system);
  if (segments.has(segment)) return walKey(system, segment);
  return tails.findLast((tail) => tail.segment === segment)?.key ?? key;
}

async function unpack(
  store: BackupStore,
  base: Base,
  into: string,
  identity: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const archive = await store.read(archiveKeyOf(base));
  const plain = new Tap();
  const tar = base.recipients.length > 0 ? await decrypted(archive, identity) : archive;
  const program = { command: 'tar', args: ['--extract', '--gzip', '--file=-', `--directory=${into}`], env: {} };
  await feed(program, plain.through(tar), signal);
  if (!isSame(plain.digest(), base.plain)) {
    throw new Failure(`Base backup ${base.id} is another than its manifest says. Do not use what is in ${into}.`);
  }
}

/** Paths are those of the data directory, so that it can be moved to where a server finds it. */
function settings(at: Date | 'latest'): string {
  return [
    '',
    '# Written by db:recover',
    `restore_command = 'cp "${LOG}/%f" "%p"'`,
    "recovery_target_timeline = 'latest'",
    "recovery_target_action = 'promote'",
    ...(at === 'latest' ? [] : [`recovery_target_time = '${timeOf(at)}'`]),
    '',
  ].join('\n');
}

/** The setting knows no "Z". */
function timeOf(at: Date): string {
  return at.toISOString().replace('Z', '+00');
}

async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Failure(`${folder} cannot be used (${error.code}). Name a folder that is empty or not there yet.`);
  });
  if (found.length > 0) throw new Failure(`${folder} is not empty. Name a folder that is empty or not there yet.`);
}
