import { Gauge, Pushgateway, Registry } from 'prom-client';
import type { Manifest } from './manifest.js';

/** What a run says of itself. A job is gone before anybody could scrape it, so it is pushed. */
export interface Measurement {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

export function backupSucceeded(manifest: Manifest, milliseconds: number): Measurement[] {
  return [
    {
      name: 'backup_last_success_timestamp_seconds',
      help: 'When the newest good backup began',
      value: Date.parse(manifest.startedAt) / 1000,
    },
    { name: 'backup_size_bytes', help: 'Size of the newest good backup', value: manifest.stored.bytes },
    { name: 'backup_duration_seconds', help: 'Time that the newest good backup took', value: milliseconds / 1000 },
    { name: 'backup_last_run_success', help: 'Whether the last run made a good backup', value: 1 },
  ];
}

export function backupFailed(): Measurement[] {
  return [{ name: 'backup_last_run_success', help: 'Whether the last run made a good backup', value: 0 }];
}

export function drillSucceeded(now: Date, milliseconds: number): Measurement[] {
  return [
    {
      name: 'backup_drill_last_success_timestamp_seconds',
      help: 'When a backup was last restored and compared',
      value: now.getTime() / 1000,
    },
    {
      name: 'backup_drill_duration_seconds',
      help: 'Time that the last restore drill took',
      value: milliseconds / 1000,
    },
    { name: 'backup_drill_last_run_success', help: 'Whether the last restore drill ended well', value: 1 },
  ];
}

export function drillFailed(): Measurement[] {
  return [{ name: 'backup_drill_last_run_success', help: 'Whether the last restore drill ended well', value: 0 }];
}

/** Adds to what is there: a run that fails leaves the time of the last success as it is. */
export async function push(
  url: string,
  { service, environment }: { readonly service: string; readonly environment: string },
  measurements: readonly Measurement[],
): Promise<void> {
  const registry = new Registry();
  for (const { name, help, value } of measurements) new Gauge({ name, help, registers: [registry] }).set(value);
  const gateway = new Pushgateway(url, { timeout: 5_000 }, registry);
  // Environments may share a gateway, and must not speak for each other.
  const { resp } = await gateway.pushAdd({ jobName: service, groupings: { environment } });
  const { statusCode = 0 } = resp as { statusCode?: number };
  if (statusCode >= 300) throw new Error(`the Pushgateway answered ${statusCode}`);
}
