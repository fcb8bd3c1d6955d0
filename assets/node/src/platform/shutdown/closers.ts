import type { Log } from '../logging/types.js';

/** What was opened, to be closed in reverse, as far as opening came. */
export class Closers {
  readonly #closers: { readonly name: string; close(): Promise<void> | void }[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  /** One that fails does not keep the others from closing. */
  async close(): Promise<void> {
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      try {
        await closer.close();
      } catch (error) {
        this.#log.error({ error }, `${closer.name} did not close`);
      }
    }
  }
}
