import type { Stores } from '../secrets/store.js';

/** Every secret of an environment that its stores have and let be read. */
export async function readSecrets(stores: Stores, environment: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const store of stores[environment] ?? []) {
    for (const variable of Object.keys(store.places)) {
      const text = await store.read?.(variable);
      if (text !== undefined) texts.set(variable, text);
    }
  }
  return texts;
}
