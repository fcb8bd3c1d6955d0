import { byHand } from '../config/by-hand.js';
import { type Declaration, type Declarations, placed } from '../config/declaration.js';
import { type ConfigOf, load, type Providers } from '../config/load.js';
import { string } from '../config/types.js';

type Relaxed<D> = D & { readonly optional: true };

export type Part<D extends Declarations, K extends keyof D> = { readonly [P in K]: Relaxed<D[P]> } & Declarations;

/**
 * Some variables of a configuration, none of them required: each verb needs others, and says so itself. The rest keep their names
 * only, so that an emergency does not wait for what has nothing to do with it.
 */
export function part<const D extends Declarations, K extends string & keyof D>(
  declarations: D,
  members: readonly K[],
): Part<D, K> {
  const picked: readonly string[] = members;
  const entries = placed(declarations).map(({ group, member, declaration }) =>
    group === undefined && picked.includes(member)
      ? [member, { ...declaration, optional: true, requiredIn: undefined }]
      : [`${group ?? ''} ${member}`, nameOf(declaration)],
  );
  return Object.fromEntries(entries) as Part<D, K>;
}

/** What the declaration of the service says of where it runs. */
export interface Surroundings {
  readonly environments: readonly string[];
  readonly providers: Providers;
}

/** Reads it, for a process of the service or, where none is named, for a person with a command, who may have no way to a store. */
export function loadPart<const D extends Declarations>(
  declarations: D,
  { environments, providers }: Surroundings,
  reader: string | undefined,
): Promise<ConfigOf<D>> {
  return reader === undefined
    ? load(declarations, { environments }, byHand(providers, warn))
    : load(declarations, { environments, process: reader }, providers);
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}

function nameOf({ name }: Declaration): Declaration {
  return { name, type: string({ minLength: 0 }), optional: true };
}
