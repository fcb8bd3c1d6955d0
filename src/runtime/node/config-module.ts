import {
  ConfigShape,
  type ConfigType,
  type ConfigVariable,
  Duration,
  SecretRule,
  type Service,
  type ServiceProblem,
} from '../../service';
import { printStoreImports, printStores, type SecretStoreBinding } from './secret-stores';
import { type Code, literal, type Member, print } from './typescript';

const ENVIRONMENTS = 'export const environments = ';
const PROVIDERS = 'export const providers = ';

/**
 * Prints `src/platform/config.ts`: the declarations, from which the loader validates and TypeScript infers.
 */
export function renderConfigModule(service: Service, stores: readonly SecretStoreBinding[]): string {
  // One image runs every process, and only some of them get the variables that are a process's own.
  const readers = readersOf(service);
  const declare = (variable: ConfigVariable, member: string, indent: string) => {
    const prefix = `${indent}${member}: `;
    const declaration = print(declarationOf(variable, service, readers), prefix.length, indent);
    return [`${indent}/** ${docOf(variable)} */`, `${prefix}${declaration},`];
  };
  const groups = [...new Set(service.configVariables.flatMap(({ group }) => group ?? []))].sort();
  const members = [
    ...service.configVariables
      .filter(({ group }) => group === undefined)
      .flatMap((variable) => declare(variable, memberOf(variable), '  ')),
    ...groups.flatMap((group) => [
      `  ${group}: {`,
      ...service.configVariables
        .filter((variable) => variable.group === group)
        .flatMap((variable) => declare(variable, memberOf(variable), '    ')),
      '  },',
    ]),
  ];
  return [
    "import { type ConfigOf, type ConfigSource, type Declarations, load, type Providers } from './config/load.js';",
    ...(service.configVariables.length > 0 ? ["import * as types from './config/types.js';"] : []),
    ...printStoreImports(stores),
    '',
    '/** What `APP_ENV` may say; another name would require nothing and know no store of secrets. */',
    `${ENVIRONMENTS}${print(environmentsOf(service), ENVIRONMENTS.length)};`,
    '',
    ...(members.length > 0
      ? ['export const declarations = {', ...members, '} as const satisfies Declarations;']
      : ['export const declarations = {} as const satisfies Declarations;']),
    '',
    '/** Where the secrets of each environment are kept, besides mounted files. */',
    `${PROVIDERS}${printStores(stores, PROVIDERS.length, ' satisfies Providers')};`,
    '',
    '/** The configuration of this service, typed and frozen. */',
    'export type Config = ConfigOf<typeof declarations>;',
    '',
    '/** Reads and validates the configuration; throws an error that lists every problem at once. */',
    'export function loadConfig(source?: ConfigSource): Promise<Config> {',
    '  return load(declarations, { environments, ...source }, providers);',
    '}',
  ].join('\n');
}

/**
 * Two variables that would be read under one name, or one that would hide the name of the environment.
 */
export function namingProblems(service: Service): ServiceProblem[] {
  const first = new Map<string, { readonly place: string }>([
    ['environment', { place: 'the name of the environment' }],
  ]);
  const { configVariables } = service;
  // A group must not hide a variable, nor the other way round.
  for (const variable of configVariables.filter(({ group }) => group !== undefined)) {
    first.set(variable.group!, first.get(variable.group!) ?? { place: `the group ${variable.group}` });
  }
  return configVariables.flatMap((variable) => {
    const member = pathOf(variable);
    const other = first.get(member);
    first.set(member, other ?? variable);
    return other === undefined
      ? []
      : [
          {
            place: variable.place,
            message: `is read as config.${member}, and so is ${other.place}`,
            fix: 'rename one of the two',
          },
        ];
  });
}

/** `STRIPE_API_KEY` is read as `config.stripeApiKey`, and in the group `stripe` as `config.stripe.apiKey`. */
export function pathOf(variable: ConfigVariable): string {
  const { group } = variable;
  return group === undefined ? memberOf(variable) : `${group}.${memberOf(variable)}`;
}

function memberOf({ name, group }: ConfigVariable): string {
  const prefix = group === undefined ? '' : `${group.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_`;
  const own =
    prefix !== '' && name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length))
      ? name.slice(prefix.length)
      : name;
  return own.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function docOf({ description }: ConfigVariable): string {
  const text = description.replaceAll('*/', '*\\/');
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `dev` and `test` are there on every developer's machine. */
function environmentsOf({ environments }: Service): Code {
  return {
    kind: '[',
    members: [...new Set(['dev', 'test', ...environments.map(({ name }) => name)])].map((name) => ({
      code: literal(name),
    })),
    after: ' as const',
  };
}

/** The processes that get a variable, by its name, where it is not a matter of course that all of them do. */
function readersOf(service: Service): ReadonlyMap<string, string[]> {
  const { processes } = service;
  const gets = processes.map((process) => [process, service.variablesOf(process).map(({ name }) => name)] as const);
  return new Map(
    service.configVariables
      .map(
        ({ name }) => [name, gets.flatMap(([process, names]) => (names.includes(name) ? process.name : []))] as const,
      )
      .filter(([name, readers]) => isOwn(name, service) || readers.length < processes.length),
  );
}

function isOwn(name: string, { processes }: Service): boolean {
  return processes.some(({ ownVariables }) => ownVariables.includes(name));
}

function declarationOf(variable: ConfigVariable, service: Service, readers: ReadonlyMap<string, string[]>): Code {
  const { name, type, secret, defaultValue, optional, requiredIn } = variable;
  const only = readers.get(name);
  const members: Member[] = [
    { key: 'name', code: literal(name) },
    { key: 'type', code: typeOf(type) },
  ];
  if (secret) {
    members.push({ key: 'secret', code: 'true' });
  }
  if (defaultValue !== undefined) {
    members.push({ key: 'default', code: literal(runtimeValue(type, defaultValue)) });
  } else if (optional || isOwn(name, service)) {
    members.push({ key: 'optional', code: 'true' });
  } else if (requiredIn !== undefined) {
    members.push({ key: 'requiredIn', code: literal(requiredIn) });
  }
  if (secret && only !== undefined) {
    members.push({ key: 'only', code: literal(only) });
  }
  const waiver = secret ? service.tryFindWaiver(SecretRule.ENVIRONMENT, name) : undefined;
  if (waiver !== undefined) {
    members.push({ key: 'exposed', code: literal(waiver.reason) });
  }
  return { kind: '{', members };
}

function typeOf({ shape, constraints }: ConfigType): Code {
  const call = { before: `types.${shape}(`, after: ')' };
  if (shape === ConfigShape.ENUMERATION) {
    return { ...call, kind: '[', members: constraints.values.map((value: string) => ({ code: literal(value) })) };
  }
  const members = Object.entries(constraints).map(([key, value]) => ({
    key,
    // The whole text must match, at run time as at synthesis.
    code: key === 'pattern' ? String(new RegExp(`^(?:${value})$`)) : literal(value),
  }));
  return members.length === 0 ? `${call.before}${call.after}` : { ...call, kind: '{', members };
}

/** Lengths of time are milliseconds at run time; everything else is what JSON makes of it. */
function runtimeValue({ shape }: ConfigType, value: any): unknown {
  if (shape !== ConfigShape.DURATION) {
    return JSON.parse(JSON.stringify(value));
  }
  return (value instanceof Duration ? value : Duration.parse(String(value))).toMillis();
}
