import type { Secret } from './secret.js';
import type { ConfigType } from './types.js';

/** A config variable. Without a default, and required nowhere in particular, it is required everywhere. */
export interface Declaration {
  /** Its name in the process environment. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a declaration holds a type of any value; ConfigOf recovers which.
  readonly type: ConfigType<any>;
  /** The value itself, not its text. */
  readonly default?: unknown;
  readonly secret?: boolean;
  /** The environments that cannot do without it. */
  readonly requiredIn?: readonly string[];
  readonly optional?: boolean;
  /** The only processes that get it, where not all do. */
  readonly only?: readonly string[];
  /** Why a secret may be a plain environment variable where no developer is, although children and crash reports see it. */
  readonly exposed?: string;
}

/** Declarations by the name they are read under; those of a group below the name of the group. */
export type Declarations = Readonly<Record<string, Declaration | Readonly<Record<string, Declaration>>>>;

export interface ConfigSource {
  /** In place of the process environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where environment files and relative paths start. */
  readonly cwd?: string;
  /** In place of `APP_ENV`. */
  readonly environment?: string;
  /** The environments there are; any where none are named. */
  readonly environments?: readonly string[];
  /** The process that reads, such as `web`. Secrets that it does not get are neither asked of a store nor demanded. */
  readonly process?: string;
}

type ValueOf<D extends Declaration> = D['type'] extends ConfigType<infer T> ? T : never;
type Held<D extends Declaration> = D extends { readonly secret: true } ? Secret<ValueOf<D>> : ValueOf<D>;
type MayBeUnset<D extends Declaration> = D extends { readonly default: unknown }
  ? false
  : D extends { readonly requiredIn: readonly string[] } | { readonly optional: true }
    ? true
    : false;
type Read<D extends Declaration> = MayBeUnset<D> extends true ? Held<D> | undefined : Held<D>;

export type ConfigOf<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends Declaration
    ? Read<D[K]>
    : { readonly [M in keyof D[K]]: D[K][M] extends Declaration ? Read<D[K][M]> : never };
} & {
  /** Where the service runs: `dev`, `test`, `staging`, `prod`, … */
  readonly environment: string;
};

export interface Placed {
  readonly group?: string;
  readonly member: string;
  readonly declaration: Declaration;
}

/** Every declaration, with where it is read. */
export function placed(declarations: Declarations): Placed[] {
  return Object.entries(declarations).flatMap(([key, entry]) =>
    isDeclaration(entry)
      ? [{ member: key, declaration: entry }]
      : Object.entries(entry).map(([member, declaration]) => ({ group: key, member, declaration })),
  );
}

function isDeclaration(entry: Declarations[string]): entry is Declaration {
  return typeof entry['name'] === 'string';
}
