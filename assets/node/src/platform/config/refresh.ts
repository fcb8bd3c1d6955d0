import { deepFreeze, type HeldSecret, type Origin, parse, readStores } from './load.js';
import { replaceSecret } from './secret.js';
import { environmentOf, type Found, sourcesOf } from './sources.js';

/** What came of reading the secrets of a configuration again. */
export interface Refreshed {
  readonly changed: readonly (Pick<Found, 'origin' | 'version'> & { readonly variable: string })[];
  /** Why a secret keeps its last good value, one sentence by variable. */
  readonly failed: ReadonlyMap<string, string>;
  /** When each secret became what it is, where its source knows. */
  readonly changedAt: ReadonlyMap<string, Date>;
}

/** Reads secrets again from mounted files and stores; those that changed and are valid replace what the configuration holds. */
export class SecretRefresh {
  readonly #origin: Origin;
  readonly #environment: string;
  readonly #texts: Map<string, string | undefined>;

  constructor(origin: Origin) {
    this.#origin = origin;
    this.#environment = environmentOf(origin.source, []);
    this.#texts = new Map(origin.secrets.map(({ declaration, text }) => [declaration.name, text]));
  }

  async refresh(): Promise<Refreshed> {
    const { source, providers, secrets } = this.#origin;
    const declarations = secrets.map(({ declaration }) => declaration);
    const stores = await readStores(declarations, this.#environment, source, providers);
    const sources = sourcesOf(declarations, this.#environment, source, []);
    const changed: (Pick<Found, 'origin' | 'version'> & { variable: string })[] = [];
    const failed = new Map(stores.failures);
    const changedAt = new Map<string, Date>();
    for (const held of secrets) {
      const variable = held.declaration.name;
      if (failed.has(variable)) continue;
      const problems: string[] = [];
      const found = stores.provided.get(variable) ?? sources.find(variable, problems);
      const failure = problems[0] ?? this.#take(held, found);
      if (failure !== undefined) failed.set(variable, failure);
      else if (found !== undefined && found !== 'unreadable') {
        if (found.changedAt) changedAt.set(variable, found.changedAt);
        if (found.text !== this.#texts.get(variable)) {
          this.#texts.set(variable, found.text);
          changed.push({ variable, origin: found.origin, version: found.version });
        }
      }
    }
    return { changed, failed, changedAt };
  }

  /** Says why what was found cannot be taken. */
  #take({ declaration, secret }: HeldSecret, found: Found | 'unreadable' | undefined): string | undefined {
    // What was there at the start and is gone now is being replaced, or was removed by mistake.
    if (found === undefined || found === 'unreadable') return 'is gone from where it was';
    if (found.text === this.#texts.get(declaration.name)) return undefined;
    const result = parse(declaration, found.text);
    if (!('value' in result)) return `is not ${declaration.type.expects} any more (from ${found.origin})`;
    replaceSecret(secret, deepFreeze(result.value));
    return undefined;
  }
}
