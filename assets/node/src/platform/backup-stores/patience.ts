import { Failure } from '../backup/failure.js';
import type { BackupStore } from '../backup/store.js';

/** Longer than the stores' own clients take for all of their tries. */
const PATIENCE = 6 * 60 * 1000;

/**
 * Gives up on a store that does nothing for a while, however it manages that: a run that waits for ever holds up the next one, and
 * nobody hears of it. Time that the content itself takes does not count.
 */
export function impatient(store: BackupStore, limit = PATIENCE): BackupStore {
  const within = <T>(work: Promise<T>, what: string): Promise<T> => new Wait(store.name, what, limit).for(work);
  return {
    name: store.name,
    list: (prefix) => within(store.list(prefix), 'give a list'),
    remove: (key) => within(store.remove(key), `remove ${key}`),

    async write(key, content) {
      const wait = new Wait(store.name, `take ${key}`, limit);
      await wait.for(store.write(key, wait.pausedBy(content)));
    },

    async read(key) {
      const content = await within(store.read(key), `give ${key}`);
      return each(content, (next) => within(next, `give ${key}`));
    },
  };
}

class Wait {
  readonly #name: string;
  readonly #what: string;
  readonly #limit: number;
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (error: Failure) => void = () => undefined;

  constructor(name: string, what: string, limit: number) {
    this.#name = name;
    this.#what = what;
    this.#limit = limit;
  }

  async for<T>(work: Promise<T>): Promise<T> {
    const late = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    this.#begin();
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Waits for the store only while it has the content's last piece, and not for the content. */
  async *pausedBy(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    clearTimeout(this.#timer);
    for await (const chunk of content) {
      this.#begin();
      yield chunk;
      clearTimeout(this.#timer);
    }
    this.#begin();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.#limit / 1000);
      this.#giveUp(
        new Failure(`${this.#name} did not ${this.#what} within ${seconds} s. Look at the store and the way to it.`),
      );
    }, this.#limit);
  }
}

async function* each(
  content: AsyncIterable<Uint8Array>,
  within: (next: Promise<IteratorResult<Uint8Array>>) => Promise<IteratorResult<Uint8Array>>,
): AsyncIterable<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (let next = await within(iterator.next()); !next.done; next = await within(iterator.next())) yield next.value;
    finished = true;
  } finally {
    // Not waited for: it may be what hangs.
    if (!finished) void iterator.return?.()?.catch(() => undefined);
  }
}
