import type { ConfigVariable } from '../service';

/** Whether an environment can do without it, or has it from something that comes with the repository. */
export function isOptional({ optional, requiredIn, providedBy }: ConfigVariable, environment: string): boolean {
  return (
    optional || providedBy[environment] !== undefined || (requiredIn !== undefined && !requiredIn.includes(environment))
  );
}
