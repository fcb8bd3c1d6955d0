import { type ConfigOf, type ConfigSource, type Declaration, type Declarations, placed } from './declaration.js';
import { ConfigError } from './errors.js';
import { type ProviderOutcome, type Providers, readProviders } from './provider.js';
import { Secret } from './secret.js';
import { environmentOf, type Found, isLocal, type Sources, sourcesOf } from './sources.js';

export type { ConfigOf, ConfigSource, Declarations } from './declaration.js';
export type { Providers } from './provider.js';

/** Where a variable's value came from. */
export interface Reading {
  readonly variable: string;
  readonly secret: boolean;
  /** Such as `the process environment`; undefined where there is no value. */
  readonly origin: string | undefined;
  readonly version?: string | undefined;
  readonly changedAt?: Date | undefined;
}

/** A configuration with all that is wrong with it, for what reports instead of running. */
export interface Examined<D extends Declarations> {
  readonly environment: string;
  readonly readings: readonly Reading[];
  readonly problems: readonly string[];
  readonly isTransient: boolean;
  /** Whole only where there is no problem. */
  readonly config: ConfigOf<D>;
}

/** What a loaded configuration was made from, for reading its secrets again. */
export interface Origin {
  readonly source: ConfigSource;
  readonly providers: Providers;
  readonly readings: readonly Reading[];
  readonly secrets: readonly HeldSecret[];
}

export interface HeldSecret {
  readonly declaration: Declaration;
  readonly secret: Secret<unknown>;
  readonly text: string | undefined;
}

const origins = new WeakMap<object, Origin>();

/** What a configuration was made from; undefined for one that was put together by hand, as tests do. */
export function originOf(config: object): Origin | undefined {
  return origins.get(config);
}

/**
 * Reads every declared variable, or throws one `ConfigError` that names all that is wrong. The last of these that has a value
 * wins: default, environment file (dev and test), process environment, mounted file, store of secrets.
 */
export async function load<const D extends Declarations>(
  declarations: D,
  source: ConfigSource = {},
  providers: Providers = {},
): Promise<ConfigOf<D>> {
  const { environment, problems, isTransient, config } = await examine(declarations, source, providers);
  if (problems.length > 0) throw new ConfigError(environment, problems, isTransient);
  return config;
}

/** As `load`, but with the problems beside what could be read. */
export async function examine<const D extends Declarations>(
  declarations: D,
  source: ConfigSource = {},
  providers: Providers = {},
): Promise<Examined<D>> {
  const problems: string[] = [];
  const environment = environmentOf(source, problems);
  // Of an environment that is none, nothing else can be said.
  if (problems.length > 0) {
    return { environment, readings: [], problems, isTransient: false, config: { environment } as ConfigOf<D> };
  }
  const entries = placed(declarations);
  const all = entries.map(({ declaration }) => declaration);
  const reader: Reader = {
    environment,
    process: source.process,
    sources: sourcesOf(all, environment, source, problems),
    stores: await readStores(all, environment, source, providers),
    problems,
  };
  const before = problems.length;
  const config: Record<string, unknown> = { environment };
  const readings: Reading[] = [];
  const secrets: HeldSecret[] = [];
  for (const { group, member, declaration } of entries) {
    const { value, found } = read(declaration, reader);
    const { name, secret = false } = declaration;
    const held = secret && value !== undefined ? new Secret(value) : value;
    if (held instanceof Secret) secrets.push({ declaration, secret: held, text: found?.text });
    readings.push({ variable: name, secret, ...readingOf(found, value) });
    if (group !== undefined) config[group] ??= {};
    const within = group === undefined ? config : (config[group] as Record<string, unknown>);
    const isMissed = held === undefined && !isGiven(declaration, source.process);
    if (!isMissed || !isRequired(declaration, environment)) within[member] = held;
    else withhold(within, member, `The process ${source.process} does not get ${name}: ${SHARE}`);
  }
  const { failures, unreachable } = reader.stores;
  const isTransient = unreachable && before === 0 && problems.length === failures.size;
  deepFreeze(config);
  origins.set(config, { source, providers, readings, secrets });
  return { environment, readings, problems, isTransient, config: config as ConfigOf<D> };
}

/** What the stores have of an environment's secrets; a process is not shown those of others. */
export function readStores(
  declarations: readonly Declaration[],
  environment: string,
  source: ConfigSource,
  providers: Providers,
): Promise<ProviderOutcome> {
  const names = declarations
    .filter((declaration) => declaration.secret && isGiven(declaration, source.process))
    .map(({ name }) => name);
  return readProviders(providers[environment] ?? [], names);
}

/** A process gets what it reads; who names none, such as a person with a command, gets everything. */
function isGiven({ only }: Declaration, process: string | undefined): boolean {
  return only === undefined || process === undefined || only.includes(process);
}

const SHARE = 'name it in its sharedSecrets or ownVariables, in .projenrc.ts.';

/** Types promise it, so who reads it must hear why it is not there. */
function withhold(within: object, member: string, message: string): void {
  Object.defineProperty(within, member, {
    enumerable: false,
    get: () => {
      throw new Error(message);
    },
  });
}

interface Reader {
  readonly environment: string;
  readonly process: string | undefined;
  readonly sources: Sources;
  readonly stores: ProviderOutcome;
  readonly problems: string[];
}

function read(declaration: Declaration, reader: Reader): { readonly value: unknown; readonly found?: Found } {
  const { name, type, secret = false } = declaration;
  const { environment, problems, sources } = reader;
  if (secret && sources.isExposed(name) && !isLocal(environment) && declaration.exposed === undefined) {
    const way = wayToSet(declaration, reader);
    problems.push(`${name} is a secret, and in ${environment} secrets are no environment variables. ${way}`);
    return { value: undefined };
  }
  const isTheirs = isGiven(declaration, reader.process);
  // On a developer's machine everything is at hand, for every process.
  if (!isTheirs && !isLocal(environment)) return { value: undefined };
  const found = find(declaration, reader);
  if (found === 'unreadable') return { value: undefined };
  if (found === undefined) {
    if (isTheirs && declaration.default === undefined && isRequired(declaration, environment)) {
      problems.push(`${name} is not set, and ${environment} cannot do without it. ${wayToSet(declaration, reader)}`);
    }
    return { value: declaration.default };
  }
  const result = parse(declaration, found.text);
  if ('value' in result) return { value: result.value, found };
  problems.push(
    result.isEmpty
      ? `${name} is empty (from ${found.origin}). ${wayToSet(declaration, reader)}`
      : `${name} ${secret ? 'holds something else' : `is ${JSON.stringify(found.text)}`} (from ${found.origin}), but must be ${type.expects}.`,
  );
  return { value: undefined, found };
}

/** The text of a variable as its type has it. */
export function parse(
  { type }: Declaration,
  text: string,
): { readonly value: unknown } | { readonly isEmpty: boolean } {
  if (text === '' && !type.acceptsEmpty) return { isEmpty: true };
  const result = type.schema.safeParse(text);
  return result.success ? { value: result.data } : { isEmpty: false };
}

function find({ name }: Declaration, { sources, stores, problems }: Reader): Found | 'unreadable' | undefined {
  const failure = stores.failures.get(name);
  if (failure !== undefined) {
    problems.push(`${name} ${failure}.`);
    return 'unreadable';
  }
  return stores.provided.get(name) ?? sources.find(name, problems);
}

function isRequired({ optional, requiredIn }: Declaration, environment: string): boolean {
  return requiredIn ? requiredIn.includes(environment) : !optional;
}

function wayToSet({ name, type, secret, exposed }: Declaration, { environment, stores }: Reader): string {
  if (!secret) return `Set ${name} to ${type.expects}.`;
  const place = stores.places.get(name);
  if (place !== undefined) return `Put ${type.expects} into ${place}.`;
  const file = `Set ${name}_FILE to the path of a file that holds ${type.expects}`;
  return isLocal(environment) || exposed !== undefined ? `${file}, or ${name} itself.` : `${file}.`;
}

function readingOf(found: Found | undefined, value: unknown): Omit<Reading, 'variable' | 'secret'> {
  if (found === undefined) return { origin: value === undefined ? undefined : 'its default' };
  return { origin: found.origin, version: found.version, changedAt: found.changedAt };
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
