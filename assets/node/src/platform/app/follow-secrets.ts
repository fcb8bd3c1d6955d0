import { Counter, Gauge } from 'prom-client';
import { originOf } from '../config/load.js';
import { type Refreshed, SecretRefresh } from '../config/refresh.js';
import { secretValues } from '../config/secret.js';
import type { Redactor } from '../logging/redact.js';
import type { Log } from '../logging/types.js';
import type { Metrics } from '../metrics/metrics.js';

export interface FollowConfig {
  /** Milliseconds between two readings. */
  readonly secretRefreshInterval?: number;
}

interface Follow {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
}

export interface Following {
  /** Reads again now; what rotation commands and tests wait for. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const DEFAULT_INTERVAL = 60_000;

/**
 * Says which secrets were read from where, and reads them again from time to time, so that a rotation needs no restart. When a
 * source fails, the last good value stays, and the log and the metrics say so.
 */
export function followSecrets(config: FollowConfig, { log, metrics, redactor }: Follow): Following | undefined {
  const origin = originOf(config);
  if (origin === undefined || origin.secrets.length === 0) return undefined;
  for (const { variable, secret, origin: source, version } of origin.readings) {
    if (secret && source !== undefined) log.info({ secret: variable, source, version }, 'secret read');
  }
  const instruments = instrumentsOf(metrics);
  for (const { variable, changedAt } of origin.readings) {
    if (changedAt) instruments.changed.set({ variable }, changedAt.getTime() / 1000);
  }
  // There before the first failure, which would else be no increase.
  for (const { declaration } of origin.secrets) instruments.failures.inc({ variable: declaration.name }, 0);
  const secrets = new SecretRefresh(origin);
  const failing = new Set<string>();
  const refresh = async (): Promise<void> => {
    // Before anything is logged, and also where reading stops at one secret when others are replaced.
    const refreshed = await secrets.refresh().finally(() => redactor.add(secretValues(config)));
    for (const { variable, origin: source, version } of refreshed.changed) {
      log.info({ secret: variable, source, version }, 'secret changed');
    }
    measure(instruments, origin.secrets, refreshed);
    logFailures(log, failing, refreshed.failed);
  };
  return schedule(refresh, config.secretRefreshInterval ?? DEFAULT_INTERVAL, log);
}

function schedule(refresh: () => Promise<void>, interval: number, log: Log): Following {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const safely = async (): Promise<void> => {
    await refresh().catch((error: unknown) => log.error({ error }, 'secrets could not be read again'));
  };
  const plan = (): void => {
    // Replicas that started together must not ask together for ever.
    timer = setTimeout(
      () => {
        running = safely().finally(plan);
      },
      interval * (0.9 + Math.random() * 0.2),
    );
    timer.unref();
  };
  plan();
  return {
    refresh: safely,
    stop: async () => {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
}

interface Instruments {
  readonly failures: Counter<'variable'>;
  readonly stale: Gauge<'variable'>;
  readonly changed: Gauge<'variable'>;
}

function instrumentsOf(metrics: Metrics): Instruments {
  const common = { labelNames: ['variable'] as const, registers: [metrics] };
  return {
    failures: new Counter({
      name: 'secret_refresh_failures_total',
      help: 'Times that a secret could not be read again',
      ...common,
    }),
    stale: new Gauge({
      name: 'secret_stale',
      help: 'Whether the last good value is in use because the source fails',
      ...common,
    }),
    changed: new Gauge({
      name: 'secret_changed_timestamp_seconds',
      help: 'When the secret was last rotated, where its source knows',
      ...common,
    }),
  };
}

function measure(
  { failures, stale, changed }: Instruments,
  secrets: readonly { readonly declaration: { readonly name: string } }[],
  { failed, changedAt }: Refreshed,
): void {
  for (const { declaration } of secrets) {
    const variable = declaration.name;
    const at = changedAt.get(variable);
    stale.set({ variable }, failed.has(variable) ? 1 : 0);
    if (failed.has(variable)) failures.inc({ variable });
    if (at) changed.set({ variable }, at.getTime() / 1000);
  }
}

/** When it begins and when it ends, not each time in between. */
function logFailures(log: Log, failing: Set<string>, failed: ReadonlyMap<string, string>): void {
  for (const [secret, reason] of failed) {
    if (!failing.has(secret)) log.error({ secret, reason }, 'secret cannot be read again; its last good value stays');
    failing.add(secret);
  }
  for (const secret of [...failing].filter((name) => !failed.has(name))) {
    failing.delete(secret);
    log.info({ secret }, 'secret can be read again');
  }
}
