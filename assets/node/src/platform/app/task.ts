import type { Outcome } from './launch.js';
import { openModules, type Runtime } from './runtime.js';
import type { Modules, PlatformConfig, ProcessContext } from './types.js';

export type Task<Config, M extends Modules<Config>> = (context: ProcessContext<Config, M>) => Promise<void>;

/** The code of a worker or a job between its start and its end. */
export class RunningTask<Config extends PlatformConfig, M extends Modules<Config>> {
  readonly #name: string;
  readonly #run: Task<Config, M>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(name: string, run: Task<Config, M>) {
    this.#name = name;
    this.#run = run;
  }

  /** Opens what the code needs, runs it, and says how it ended. */
  async start(runtime: Runtime<Config>, modules: M): Promise<Outcome> {
    const { config, lifecycle } = runtime;
    const log = runtime.log.child({ process: this.#name });
    const { resources } = await openModules(runtime, modules);
    lifecycle.started();
    log.info({ startMs: Math.round(performance.now()) }, 'started');
    const { signal } = this.#stopping;
    this.#running = Promise.resolve().then(() => this.#run({ config, log, signal, resources }));
    try {
      await this.#running;
      if (signal.aborted) return 'running';
      log.info('finished');
      return 'finished';
    } catch (error) {
      if (signal.aborted) return 'running';
      log.fatal({ error }, 'failed');
      return 'failed';
    }
  }

  /** Asks the code to stop and waits for it; a job that was cut short has failed, a worker has done what it was asked. */
  async stop({ mayBeCutShort }: { readonly mayBeCutShort: boolean }): Promise<void> {
    this.#stopping.abort();
    try {
      await this.#running;
    } catch (error) {
      const cutShort =
        error === this.#stopping.signal.reason || (error instanceof Error && error.name === 'AbortError');
      if (!(cutShort && mayBeCutShort)) throw error;
    }
  }
}
