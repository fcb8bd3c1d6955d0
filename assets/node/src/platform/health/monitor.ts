import type { Log } from '../logging/types.js';
import type { HealthCheck } from './check.js';

export interface CheckResult {
  readonly name: string;
  readonly required: boolean;
  readonly healthy: boolean;
  readonly durationMs: number;
}

/** Probes of many load balancers within this time share one answer. */
const FRESH_FOR = 1000;

/** Asks the checks, at most once a second however many ask it, and logs when an answer changes. */
export class HealthMonitor {
  readonly #checks: HealthCheck[] = [];
  readonly #unhealthy = new Set<string>();
  readonly #log: Log;
  #latest: Promise<readonly CheckResult[]> | undefined;
  #askedAt = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  add(checks: readonly HealthCheck[]): void {
    this.#checks.push(...checks);
    this.#latest = undefined;
  }

  results(): Promise<readonly CheckResult[]> {
    const now = performance.now();
    if (!this.#latest || now - this.#askedAt > FRESH_FOR) {
      this.#askedAt = now;
      this.#latest = Promise.all(this.#checks.map((check) => this.#ask(check)));
    }
    return this.#latest;
  }

  async #ask(check: HealthCheck): Promise<CheckResult> {
    const { name, required } = check;
    const start = performance.now();
    const failure = await failureOf(check);
    const durationMs = Math.round((performance.now() - start) * 10) / 10;
    this.#logChange(name, failure);
    return { name, required, healthy: failure === undefined, durationMs };
  }

  #logChange(check: string, failure: Error | undefined): void {
    if (failure && !this.#unhealthy.has(check)) {
      this.#unhealthy.add(check);
      this.#log.error({ check, error: failure }, 'health check fails');
    } else if (!failure && this.#unhealthy.delete(check)) {
      this.#log.info({ check }, 'health check works again');
    }
  }
}

/** A check that ignores its signal does not hold up the answer. */
async function failureOf({ check, timeout }: HealthCheck): Promise<Error | undefined> {
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${timeout} ms`);
      reject(error);
      deadline.abort(error);
    }, timeout);
  });
  try {
    await Promise.race([check(deadline.signal), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    clearTimeout(timer);
  }
}
