import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../backup/database-interface.js';
import { messageOf } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';
import { readLog, type Tail } from './archive.js';
import { readBases } from './base.js';
import type { ArchiveMetrics } from './metrics.js';
import { archiveRound, type Round } from './round.js';
import { ArchivedServer } from './server.js';
import type { Report } from './settings.js';
import { numberAt, segmentOf } from './wal.js';

export interface Work {
  readonly url: string;
  readonly slot: string;
  readonly stores: readonly BackupStore[];
  readonly recipients: readonly string[];
  /** Milliseconds between two rounds when there is little to do. */
  readonly interval: number;
  readonly limits: Limits;
  readonly metrics: ArchiveMetrics;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly complain: Report;
}

/** The key of the advisory lock that the process at work holds. */
const LOCK = 1_650_879_078;

/** Milliseconds before the next try after a failure, and after which a round has failed. */
const PAUSE = 5_000;
const ROUND = 10 * 60 * 1000;

/** Milliseconds between two looks at whether the log in the store has a base backup to begin with, once it had one. */
const LOOK = 10 * 60 * 1000;

/** Archives until it is told to stop. Whatever fails is tried again: the server keeps its log until then. */
export async function work(job: Work): Promise<void> {
  const { signal, metrics, complain } = job;
  let complained: string | undefined;
  while (!signal.aborted) {
    try {
      await asOne(job, () => {
        complained = undefined;
      });
    } catch (error) {
      if (signal.aborted) return;
      metrics.failed();
      // Once for each reason, not once for each try.
      const reason = messageOf(error);
      if (reason !== complained) complain('archiving failed; it is tried again', { reason });
      complained = reason;
      await pause(Math.min(PAUSE, job.interval), signal);
    }
  }
}

/** Works as the only process that does, while the connection to the server lasts; waits while another one has it. */
async function asOne(job: Work, succeeded: () => void): Promise<void> {
  const { signal, metrics, report, interval } = job;
  const server = await ArchivedServer.open(job.url, job.slot, job.limits);
  try {
    let waiting = false;
    while (!(await server.lock(LOCK))) {
      if (!waiting) report('waiting: another process archives this server');
      waiting = true;
      metrics.idle();
      await pause(Math.min(PAUSE, interval), signal);
      if (signal.aborted) return;
    }
    const shift = await Shift.begin(job, server);
    while (!signal.aborted) {
      metrics.kept(await server.kept());
      const round = await shift.round();
      succeeded();
      if (round.through !== undefined) await pause(interval, signal);
    }
  } finally {
    await server.close();
  }
}

/** The time for which one process archives one server. */
class Shift {
  static async begin(job: Work, server: ArchivedServer): Promise<Shift> {
    const [main] = job.stores as [BackupStore, ...BackupStore[]];
    const { segments, tails } = await readLog(main, server.system);
    const { lsn, isNew } = await server.position();
    const numbers = [...segments].map((name) => segmentOf(name, server.segmentBytes).number);
    const [next, newest] = [numberAt(lsn, server.segmentBytes), Math.max(...numbers)];
    job.report('archiving', { system: server.system, slot: job.slot, store: main.name });
    if (isNew && numbers.length > 0 && next > newest + 1) {
      job.complain('log is missing: make a base backup now', { from: newest + 1, to: next - 1 });
    }
    return new Shift(job, server, tails);
  }

  readonly #job: Work;
  readonly #server: ArchivedServer;
  #tails: readonly Tail[];
  #looked = Number.NEGATIVE_INFINITY;

  private constructor(job: Work, server: ArchivedServer, tails: readonly Tail[]) {
    this.#job = job;
    this.#server = server;
    this.#tails = tails;
  }

  async round(): Promise<Round> {
    const { stores, recipients, signal, metrics } = this.#job;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(ROUND)]);
    const round = await archiveRound({ server: this.#server, stores, recipients, signal: limited });
    if (round.tail !== undefined) await this.#replace(round.tail);
    metrics.archived(round);
    if (performance.now() - this.#looked > LOOK) {
      const needed = await this.#needsBase();
      metrics.needsBase(needed);
      if (!needed) this.#looked = performance.now();
    }
    return round;
  }

  /** What is newer has all of what is older on its timeline. */
  async #replace(tail: Tail): Promise<void> {
    const timeline = (segment: string) => segment.slice(0, 8);
    const isOld = (old: Tail) =>
      old.key !== tail.key && timeline(old.segment) === timeline(tail.segment) && old.segment <= tail.segment;
    for (const { key } of this.#tails.filter(isOld)) {
      for (const store of this.#job.stores) await store.remove(key);
    }
    this.#tails = [...this.#tails.filter((one) => !isOld(one)), tail];
  }

  /** Whether the log has no base backup to begin with: there is none yet, or some of the log after the last one is missing. */
  async #needsBase(): Promise<boolean> {
    const [main] = this.#job.stores as [BackupStore, ...BackupStore[]];
    const { system, segmentBytes } = this.#server;
    const { segments } = await readLog(main, system);
    const numbers = new Set([...segments].map((name) => segmentOf(name, segmentBytes).number));
    let unbroken = numberAt((await this.#server.position()).lsn, segmentBytes);
    while (numbers.has(unbroken - 1)) unbroken--;
    const { good } = await readBases(main, system);
    return !good.some(({ startSegment }) => segmentOf(startSegment, segmentBytes).number >= unbroken);
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
