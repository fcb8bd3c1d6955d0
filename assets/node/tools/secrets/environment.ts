import { nearest } from '../../src/platform/config/nearest.js';
import type { Facts } from './facts.js';
import { Failure } from './failure.js';

/** The name of an environment, if the service has it. */
export function requireEnvironment(name: string, { service, environments }: Facts): string {
  const known = [...environments, 'test'];
  if (known.includes(name)) return name;
  const suggestion = nearest(name, known);
  throw new Failure(
    `${service} has no environment ${JSON.stringify(name)}${suggestion ? `; did you mean ${suggestion}?` : '.'} There are ${known.join(', ')}.`,
  );
}
