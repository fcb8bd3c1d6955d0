import { createGunzip, createGzip } from 'node:zlib';
import { decrypted, encrypted } from '../backup/encryption.js';
import { Failure, messageOf } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';
import { bytesOf, digestOf, isSame, once, Tap, through } from '../backup/streams.js';
import { isHistory, isSegment } from './wal.js';

/** A part of a segment that is still being written, as it was at a moment. */
export interface Tail {
  readonly key: string;
  readonly segment: string;
  /** Everything that was committed before this is in it, or in the segments before it. */
  readonly at: Date;
}

/** What an archive has of the log of one server. */
export interface Log {
  readonly segments: ReadonlySet<string>;
  readonly histories: readonly string[];
  /** The newest last. */
  readonly tails: readonly Tail[];
}

const TAIL = /^([0-9A-F]{24})\.tail-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;
const AGE = 'age-encryption.org/';

export function walKey(system: string, name: string): string {
  return `${system}/wal/${name}`;
}

export function tailName(segment: string, at: Date): string {
  return `${segment}.tail-${at.toISOString().replace(/[-:.]/g, '')}`;
}

/** Puts something into every store, and believes each of them when it can show it. */
export async function put(
  stores: readonly BackupStore[],
  key: string,
  content: () => AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): Promise<number> {
  let bytes = 0;
  for (const store of stores) {
    const written = new Tap();
    const packed = through(content(), createGzip({ level: 1 }));
    await store.write(key, written.through(await encrypted(packed, recipients)));
    const [given, found] = [written.digest(), await digestOf(await store.read(key))];
    if (!isSame(found, given)) {
      await store.remove(key).catch(() => undefined);
      throw new Failure(
        `${store.name} gives back something else than it was given for ${key}: ${found.bytes} of ${given.bytes} bytes. Look at the store; the server keeps its log until this works.`,
      );
    }
    bytes = found.bytes;
  }
  return bytes;
}

/** Undoes {@link put}. What was cut off or changed is found out on the way. */
export async function get(store: BackupStore, key: string, identity: string | undefined): Promise<Buffer> {
  const stored = await bytesOf(await store.read(key));
  try {
    const isEncrypted = stored.subarray(0, AGE.length).toString('latin1') === AGE;
    const packed = isEncrypted ? await decrypted(once(stored), identity) : once(stored);
    return await bytesOf(through(packed, createGunzip()));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${key} in ${store.name} is damaged (${messageOf(error)}).`);
  }
}

export async function readLog(store: BackupStore, system: string): Promise<Log> {
  const names = (await store.list(walKey(system, ''))).map(({ key }) => key.slice(walKey(system, '').length));
  const tails = names.flatMap((name) => {
    const [, segment = '', year, month, day, hour, minute, second, millisecond] = TAIL.exec(name) ?? [];
    const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
    return segment === '' ? [] : [{ key: walKey(system, name), segment, at }];
  });
  return {
    segments: new Set(names.filter(isSegment)),
    histories: names.filter(isHistory),
    tails: tails.sort((a, b) => a.at.getTime() - b.at.getTime()),
  };
}

/** The servers that something is archived of. */
export async function systemsIn(store: BackupStore): Promise<string[]> {
  const keys = (await store.list('')).map(({ key }) => key.split('/')[0] ?? '');
  return [...new Set(keys)].filter((system) => /^\d+$/.test(system)).sort();
}
