import closeWithGrace, { type AllEvents } from 'close-with-grace';
import type { Log } from '../logging/types.js';

export interface StopCause {
  readonly signal?: string;
  /** What nobody caught, when it is not a signal that ends the process. */
  readonly error?: unknown;
}

export interface ShutdownOptions {
  readonly log: Log;
  /** Milliseconds after which the process ends, whatever is still in hand. */
  readonly limit: number;
  /** Writes what the log still holds in memory. */
  readonly flush: () => Promise<void>;
  readonly stop: (cause: StopCause) => Promise<void>;
}

/**
 * Faults of the process itself: a handler in JavaScript would return to the faulty instruction and spin for ever.
 * An empty event loop is no request to stop either.
 */
const NOT_OURS: AllEvents[] = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'beforeExit'];

/** Stops on TERM, INT and their like (exit code 0), and on what nobody caught (1); a second signal ends it at once. */
export function stopOnSignals({ log, limit, flush, stop }: ShutdownOptions): void {
  closeWithGrace(
    {
      delay: limit,
      logger: false,
      skip: NOT_OURS,
      onSecondSignal: (signal) => {
        log.warn({ signal }, 'asked again: ending at once');
      },
      onSecondError: (error) => {
        log.fatal({ error }, 'uncaught while stopping: ending at once');
      },
      onTimeout: () => {
        log.error({ limitMs: limit }, 'not done within the limit: ending with work in hand');
      },
    },
    async ({ signal, err }) => {
      if (err) log.fatal({ error: err }, 'uncaught: stopping');
      else log.info({ signal }, 'stopping');
      const stopped = stop({ ...(signal ? { signal } : {}), ...(err ? { error: err } : {}) });
      // Not waited for: whoever reads the log must not hold up the stop.
      void flush();
      await stopped;
      log.info('stopped');
      await flush();
    },
  );
}
