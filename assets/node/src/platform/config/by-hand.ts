import type { ConfigSource } from './declaration.js';
import { type Provided, ProviderFailure, type Providers, type SecretProvider } from './provider.js';
import { isMounted } from './sources.js';

/** Milliseconds; less than loading gives a store, which would take silence for a refusal to start. */
const PATIENCE = 5_000;

/**
 * The stores of secrets as a person asks them who runs a command, perhaps because something is gone: what a file gives is not asked of
 * a store, and what a store cannot say is left out, with a word about it.
 */
export function byHand(providers: Providers, warn: (text: string) => void, source: ConfigSource = {}): Providers {
  return Object.fromEntries(
    Object.entries(providers).map(([environment, all]) => [
      environment,
      all.map((provider) => new AskedByHand(provider, warn, source)),
    ]),
  );
}

class AskedByHand implements SecretProvider {
  readonly name: string;
  readonly places: Readonly<Record<string, string>>;
  readonly #provider: SecretProvider;
  readonly #warn: (text: string) => void;
  readonly #source: ConfigSource;

  constructor(provider: SecretProvider, warn: (text: string) => void, source: ConfigSource) {
    this.name = provider.name;
    this.places = provider.places;
    this.#provider = provider;
    this.#warn = warn;
    this.#source = source;
  }

  async read(variables: readonly string[]): Promise<ReadonlyMap<string, Provided>> {
    const asked = variables.filter((variable) => !isMounted(variable, this.#source));
    if (asked.length === 0) return new Map();
    try {
      const answers = [...(await this.#inTime(asked))];
      return new Map(answers.flatMap(([variable, answer]) => this.#had(variable, answer)));
    } catch (error) {
      this.#missed(asked, (error as Error).message);
      return new Map();
    }
  }

  #had(variable: string, answer: Provided | ProviderFailure): [string, Provided][] {
    if (!(answer instanceof ProviderFailure)) return [[variable, answer]];
    this.#missed([variable], answer.message);
    return [];
  }

  #missed(variables: readonly string[], reason: string): void {
    this.#warn(
      `${variables.join(', ')} cannot be read from ${this.name}: ${reason}. What is needed of it can be given by a file, as ${variables[0]}_FILE.`,
    );
  }

  #inTime(variables: readonly string[]): Promise<ReadonlyMap<string, Provided | ProviderFailure>> {
    const signal = AbortSignal.timeout(PATIENCE);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`no answer within ${PATIENCE} ms`)));
    });
    return Promise.race([this.#provider.read(variables, signal), late]);
  }

  async close(): Promise<void> {
    await this.#provider.close?.();
  }
}
