import { Failure, messageOf } from '../backup/failure.js';

/** Says of what a store answers what was asked of it, and what to do. */
export function explainer(codeOf: (error: unknown) => string | undefined, advice: Readonly<Record<string, string>>) {
  return (what: string) =>
    (error: unknown): never => {
      const [said = ''] = messageOf(error).split('\n');
      const fix = advice[codeOf(error) ?? ''] ?? 'Look at the store and the way to it.';
      throw new Failure(`${what}: ${said.replace(/\.$/, '')}. ${fix}`, { cause: error });
    };
}

/** What is written, and whether it was that which failed and not the store. */
export class Watched {
  readonly content: AsyncIterable<Uint8Array>;
  #failure: { readonly error: unknown } | undefined;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.content = this.#watch(content);
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async *#watch(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
