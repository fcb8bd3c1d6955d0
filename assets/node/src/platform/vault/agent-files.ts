import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Provided, ProviderFailure, type SecretProvider } from '../config/provider.js';

export interface VaultAgentOptions {
  /** Where the agent writes one file for each secret, named as its config variable. */
  readonly folder: string;
  readonly variables: readonly string[];
}

/** Reads the files that a Vault agent beside the service keeps current. */
export function vaultAgent({ folder, variables }: VaultAgentOptions): SecretProvider {
  return {
    name: 'the Vault agent',
    places: Object.fromEntries(variables.map((variable) => [variable, join(folder, variable)])),
    read: async (wanted) => {
      const outcomes = await Promise.all(
        wanted.map(async (variable) => [variable, await readOne(join(folder, variable))] as const),
      );
      return new Map(outcomes.flatMap(([variable, outcome]) => (outcome === undefined ? [] : [[variable, outcome]])));
    },
  };
}

async function readOne(path: string): Promise<Provided | ProviderFailure | undefined> {
  try {
    const [text, { mtime }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    // The agent writes an empty file for an optional secret that is not there.
    return text === '' ? undefined : { text, version: mtime.toISOString() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : new ProviderFailure(`the file cannot be read (${code})`);
  }
}
