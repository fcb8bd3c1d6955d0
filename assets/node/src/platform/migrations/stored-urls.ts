import { environmentOf } from '../config/sources.js';
import { Failure } from './failure.js';
import type { Environment } from './settings.js';

/** The environment the runner takes its settings from, for a service that runs in some places and no others. */
export async function completed(env: Environment, environments: readonly string[]): Promise<Environment> {
  const problems: string[] = [];
  environmentOf({ env, environments }, problems);
  if (problems.length > 0) throw new Failure(problems.join('\n'));
  return env;
}
