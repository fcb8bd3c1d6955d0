import { Counter, Gauge } from 'prom-client';
import type { Measurement } from '../backup/metrics.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Base } from './base.js';
import type { Round } from './round.js';

/** What the process that archives says of itself; one that waits for its turn says nothing. */
export class ArchiveMetrics {
  readonly #through: Gauge;
  readonly #kept: Gauge;
  readonly #needsBase: Gauge;
  readonly #bytes: Counter;
  readonly #failures: Counter;

  constructor(metrics: Metrics) {
    const registers = [metrics];
    this.#through = new Gauge({
      name: 'backup_archive_through_timestamp_seconds',
      help: 'Everything committed before this moment is in the archive',
      registers,
    });
    this.#kept = new Gauge({
      name: 'backup_archive_kept_bytes',
      help: 'Log that the server keeps because the archive does not have it yet',
      registers,
    });
    this.#needsBase = new Gauge({
      name: 'backup_archive_needs_base',
      help: 'Whether the log in the archive has no base backup to begin with',
      registers,
    });
    this.#bytes = new Counter({
      name: 'backup_archive_written_bytes_total',
      help: 'Bytes that were archived, compressed and encrypted',
      registers,
    });
    this.#failures = new Counter({
      name: 'backup_archive_failures_total',
      help: 'Rounds of archiving that failed and were tried again',
      registers,
    });
    this.idle();
  }

  archived({ through, bytes }: Round): void {
    this.#bytes.inc(bytes);
    if (through !== undefined) this.#through.set(through.getTime() / 1000);
  }

  kept(bytes: number): void {
    this.#kept.set(bytes);
  }

  needsBase(needed: boolean): void {
    this.#needsBase.set(needed ? 1 : 0);
  }

  failed(): void {
    this.#failures.inc();
  }

  /** Nothing is known here: absent, and not zero. */
  idle(): void {
    for (const gauge of [this.#through, this.#kept, this.#needsBase]) gauge.remove();
  }
}

export function baseSucceeded(base: Base, milliseconds: number): Measurement[] {
  return [
    {
      name: 'backup_base_last_success_timestamp_seconds',
      help: 'When the newest base backup began',
      value: Date.parse(base.startedAt) / 1000,
    },
    { name: 'backup_base_size_bytes', help: 'Size of the newest base backup', value: base.stored.bytes },
    {
      name: 'backup_base_duration_seconds',
      help: 'Time that the newest base backup took',
      value: milliseconds / 1000,
    },
  ];
}
