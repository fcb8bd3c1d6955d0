import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../backup/postgresql/libpq.js';
import { outputOf } from '../backup/program.js';
import type { BackupStore } from '../backup/store.js';
import { put, type Tail, tailName, walKey } from './archive.js';
import type { ArchivedServer } from './server.js';
import { formatLsn, isHistory, isSegment, numberAt, segmentOf, startOf } from './wal.js';

/** Segments that lie in the folder for temporary files at a time; a round that is behind is followed by another at once. */
const AT_A_TIME = 2;

export interface Archiving {
  readonly server: ArchivedServer;
  /** The first is read from; something is archived when all of them have it. */
  readonly stores: readonly BackupStore[];
  readonly recipients: readonly string[];
  readonly signal: AbortSignal;
}

export interface Round {
  /** Everything committed before this moment is in the archive; undefined while it is behind. */
  readonly through: Date | undefined;
  readonly tail: Tail | undefined;
  /** Bytes that were written to a store. */
  readonly bytes: number;
}

/**
 * Reads the log from where the archive ends to where the server is, and archives it: whole segments, and what there is of the last
 * one. Only then the slot moves.
 */
export async function archiveRound({ server, stores, recipients, signal }: Archiving): Promise<Round> {
  const { lsn: from } = await server.position();
  const beat = await server.heartbeat();
  const { segmentBytes, system } = server;
  const limit = startOf(numberAt(from, segmentBytes) + AT_A_TIME, segmentBytes);
  const isBehind = limit < beat.lsn;
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    await receive(server, folder, (isBehind ? limit : beat.lsn) - 1n, signal);
    const names = (await readdir(folder)).sort();
    let bytes = 0;
    const archive = async (name: string, file: string) => {
      bytes += await put(stores, walKey(system, name), () => createReadStream(join(folder, file)), recipients);
    };
    for (const name of names.filter(isHistory)) await archive(name, name);
    for (const name of names.filter(isSegment)) await archive(name, name);
    const last = names.findLast((name) => name.endsWith('.partial'))?.replace('.partial', '');
    let tail: Tail | undefined;
    if (last !== undefined && !isBehind) {
      const name = tailName(last, beat.at);
      await archive(name, `${last}.partial`);
      tail = { key: walKey(system, name), segment: last, at: beat.at };
    }
    const whole = names.filter(isSegment).map((name) => segmentOf(name, segmentBytes).number);
    if (whole.length > 0) await server.advance(startOf(Math.max(...whole) + 1, segmentBytes));
    return { through: tail?.at, tail, bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `pg_receivewal` ends when it has passed a place in the log, and knows how to follow a server that has been promoted. */
async function receive(server: ArchivedServer, folder: string, end: bigint, signal: AbortSignal): Promise<void> {
  await server.withCopy(async (slot) => {
    const args = ['--no-password', '--no-loop', '--no-sync', `--slot=${slot}`, `--endpos=${formatLsn(end)}`];
    const program = {
      command: 'pg_receivewal',
      args: [...args, `--directory=${folder}`],
      env: environmentOf(server.url),
    };
    for await (const _ of outputOf(program, signal));
  });
}
