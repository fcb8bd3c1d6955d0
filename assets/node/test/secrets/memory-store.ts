import type { SecretStore } from '../../tools/secrets/store.js';

/** A store in memory, with a clock of its own and a memory of every text it was given. */
export class MemoryStore implements SecretStore {
  readonly name = 'a store';
  readonly places: Readonly<Record<string, string>>;
  readonly written: { readonly variable: string; readonly text: string }[] = [];
  readonly #texts: Map<string, string>;
  readonly #changedAt = new Map<string, Date>();
  now = Date.parse('2026-01-01T00:00:00Z');

  constructor(texts: Readonly<Record<string, string | undefined>>) {
    this.places = Object.fromEntries(Object.keys(texts).map((name) => [name, `orders/prod/${name}`]));
    this.#texts = new Map(
      Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    );
    for (const name of this.#texts.keys()) this.#changedAt.set(name, new Date(this.now));
  }

  async describe(variable: string) {
    return this.#texts.has(variable) ? { changedAt: this.#changedAt.get(variable) } : undefined;
  }

  async read(variable: string) {
    return this.#texts.get(variable);
  }

  async write(variable: string, text: string) {
    this.written.push({ variable, text });
    this.#texts.set(variable, text);
    this.#changedAt.set(variable, new Date(this.now));
    return `${this.written.length}`;
  }
}
