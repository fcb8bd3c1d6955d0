import { type Providers, readProviders } from '../config/provider.js';
import { environmentOf } from '../config/sources.js';
import { Failure } from './failure.js';
import { type Environment, OWNER, SERVICE } from './settings.js';

/** What the declaration of the service says of where it runs. */
export interface Surroundings {
  /** What `APP_ENV` may say. */
  readonly environments: readonly string[];
  /** The stores of secrets of each. */
  readonly providers: Providers;
}

/**
 * The environment of the process with the URL that only a store of secrets has. Where the environment names a database, directly or by a file, no
 * store is asked for any: it would be another one than the person at the keyboard means, and there may be no way to the store.
 */
export async function completed(env: Environment, { environments, providers }: Surroundings): Promise<Environment> {
  const problems: string[] = [];
  const environment = environmentOf({ env, environments }, problems);
  if (problems.length > 0) throw new Failure(problems.join('\n'));
  if (isGiven(env, OWNER) || isGiven(env, SERVICE)) return env;
  // One after the other: a store may make a login for whoever asks.
  for (const name of [OWNER, SERVICE]) {
    const { failures, provided } = await readProviders(providers[environment] ?? [], [name]);
    const failure = failures.get(name);
    if (failure !== undefined) {
      throw new Failure(`${name} ${failure}. Mend that, or set ${name}_FILE to a file that holds it.`);
    }
    const found = provided.get(name);
    if (found !== undefined) return { ...env, [name]: found.text };
  }
  return env;
}

function isGiven(env: Environment, name: string): boolean {
  return [env[name], env[`${name}_FILE`]].some((value) => (value ?? '') !== '');
}
