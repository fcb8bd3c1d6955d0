import { ConfigError } from './errors.js';
import { Secret } from './secret.js';
import { environmentOf, type Sources, sourcesOf } from './sources.js';
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
}

export type Declarations = Readonly<Record<string, Declaration>>;

export interface ConfigSource {
  /** In place of the process environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where environment files and relative paths start. */
  readonly cwd?: string;
  /** In place of `APP_ENV`. */
  readonly environment?: string;
}

type ValueOf<D extends Declaration> = D['type'] extends ConfigType<infer T> ? T : never;
type Held<D extends Declaration> = D extends { readonly secret: true } ? Secret<ValueOf<D>> : ValueOf<D>;
type MayBeUnset<D extends Declaration> = D extends { readonly default: unknown }
  ? false
  : D extends { readonly requiredIn: readonly string[] } | { readonly optional: true }
    ? true
    : false;

export type ConfigOf<D extends Declarations> = {
  readonly [K in keyof D]: MayBeUnset<D[K]> extends true ? Held<D[K]> | undefined : Held<D[K]>;
} & {
  /** Where the service runs: `dev`, `test`, `staging`, `prod`, … */
  readonly environment: string;
};

/**
 * Reads every declared variable, or throws one `ConfigError` that names all that is wrong.
 * The last of these that has a value wins: default, environment file (dev and test), process environment, mounted file.
 */
export function load<const D extends Declarations>(declarations: D, source: ConfigSource = {}): ConfigOf<D> {
  const problems: string[] = [];
  const environment = environmentOf(source, problems);
  const sources = sourcesOf(Object.values(declarations), environment, source, problems);
  const config: Record<string, unknown> = { environment };
  for (const [key, declaration] of Object.entries(declarations)) {
    const value = read(declaration, environment, sources, problems);
    config[key] = declaration.secret && value !== undefined ? new Secret(value) : value;
  }
  if (problems.length > 0) throw new ConfigError(environment, problems);
  return deepFreeze(config) as ConfigOf<D>;
}

function read(declaration: Declaration, environment: string, sources: Sources, problems: string[]): unknown {
  const { name, type, secret = false } = declaration;
  const found = sources.find(name);
  if (found === 'unreadable') return undefined;
  if (found === undefined) {
    if (declaration.default === undefined && isRequired(declaration, environment)) {
      problems.push(`${name} is not set, and ${environment} cannot do without it. ${wayToSet(name, type, secret)}`);
    }
    return declaration.default;
  }
  if (found.text === '' && !type.acceptsEmpty) {
    problems.push(`${name} is empty (${found.origin}). ${wayToSet(name, type, secret)}`);
    return undefined;
  }
  const result = type.schema.safeParse(found.text);
  if (result.success) return result.data;
  const value = secret ? 'holds something else' : `is ${JSON.stringify(found.text)}`;
  problems.push(`${name} ${value} (${found.origin}), but must be ${type.expects}.`);
  return undefined;
}

function isRequired({ optional, requiredIn }: Declaration, environment: string): boolean {
  return requiredIn ? requiredIn.includes(environment) : !optional;
}

function wayToSet(name: string, { expects }: ConfigType<unknown>, secret: boolean): string {
  return secret
    ? `Set ${name}_FILE to the path of a file that holds ${expects}, or ${name} itself.`
    : `Set ${name} to ${expects}.`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
