import type { ConfigVariable } from '../service';

/** Whether an environment can do without it, or has it from something that comes with the repository. */
export function isOptional(
  { optional, optionalIn, requiredIn, providedBy }: ConfigVariable,
  environment: string,
): boolean {
  return (
    optional ||
    optionalIn.includes(environment) ||
    providedBy[environment] !== undefined ||
    (requiredIn !== undefined && !requiredIn.includes(environment))
  );
}
