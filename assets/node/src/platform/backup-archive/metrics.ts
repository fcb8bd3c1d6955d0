import { Counter, Gauge } from 'prom-client';
import type { Measurement } from '../backup/metrics.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Base } from './base.js';
import type { Round } from './round.js';

/** What the process that archives says of itself; one that waits for its turn says nothing. */
export class ArchiveMetrics {
  readonly #environment: string;
  readonly #through: Gauge<'environment'>;
  readonly #kept: Gauge<'environment'>;
  readonly #needsBase: Gauge<'environment'>;
  readonly #bytes: Counter;
  readonly #failures: Counter;

  /** @param environment told apart, because one Prometheus may see several, and a fresh archive must not hide a stale one */
  constructor(metrics: Metrics, environment: string) {
    this.#environment = environment;
    const registers = [metrics];
    const labelNames = ['environment'] as const;
    this.#through = new Gauge({
      name: 'backup_archive_through_timestamp_seconds',
      help: 'Everything committed before this moment is in the archive',
      labelNames,
      registers,
    });
    this.#kept = new Gauge({
      name: 'backup_archive_kept_bytes',
      help: 'Log that the server keeps because the archive does not have it yet',
      labelNames,
      registers,
    });
    this.#needsBase = new Gauge({
      name: 'backup_archive_needs_base',
      help: 'Whether the log in the archive has no base backup to begin with',
      labelNames,
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
  }

  archived({ through, bytes }: Round): void {
    this.#bytes.inc(bytes);
    if (through !== undefined) this.#through.set({ environment: this.#environment }, through.getTime() / 1000);
  }

  kept(bytes: number): void {
    this.#kept.set({ environment: this.#environment }, bytes);
  }

  needsBase(needed: boolean): void {
    this.#needsBase.set({ environment: this.#environment }, needed ? 1 : 0);
  }

  failed(): void {
    this.#failures.inc();
  }

  /** Nothing is known here: absent, and not zero. */
  idle(): void {
    for (const gauge of [this.#through, this.#kept, this.#needsBase]) gauge.reset();
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
