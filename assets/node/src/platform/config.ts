import { type ConfigOf, type ConfigSource, type Declarations, load, type Providers } from './config/load.js';

/** In a service this file is printed from the variables that `.projenrc.ts` declares; here there are none. */
export const declarations = {} as const satisfies Declarations;

export const environments = ['dev', 'test', 'staging', 'prod'] as const;

export const providers = {} satisfies Providers;

export type Config = ConfigOf<typeof declarations>;

export function loadConfig(source?: ConfigSource): Promise<Config> {
  return load(declarations, { environments, ...source }, providers);
}
