import {
  ConfigShape,
  type ConfigType,
  type ConfigVariable,
  Duration,
  type Service,
  type ServiceProblem,
} from '../../service';
import { type Code, literal, type Member, print } from './typescript';

/**
 * Prints `src/platform/config.ts`: the declarations, from which the loader validates and TypeScript infers.
 */
export function renderConfigModule(service: Service): string {
  // One image runs every process, and only some of them get the variables that are a process's own.
  const own = new Set(service.processes.flatMap(({ ownVariables }) => ownVariables));
  const members = service.configVariables.flatMap((variable) => {
    const prefix = `  ${memberOf(variable)}: `;
    const declaration = print(declarationOf(variable, own.has(variable.name)), prefix.length, '  ');
    return [`  /** ${docOf(variable)} */`, `${prefix}${declaration},`];
  });
  return [
    "import { type ConfigOf, type ConfigSource, type Declarations, load } from './config/load.js';",
    ...(service.configVariables.length > 0 ? ["import * as types from './config/types.js';"] : []),
    '',
    ...(members.length > 0
      ? ['export const declarations = {', ...members, '} as const satisfies Declarations;']
      : ['export const declarations = {} as const satisfies Declarations;']),
    '',
    '/** The configuration of this service, typed and frozen. */',
    'export type Config = ConfigOf<typeof declarations>;',
    '',
    '/** Reads and validates the configuration; throws an error that lists every problem at once. */',
    'export function loadConfig(source?: ConfigSource): Config {',
    '  return load(declarations, source);',
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
  return service.configVariables.flatMap((variable) => {
    const member = memberOf(variable);
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

/** `STRIPE_API_KEY` is read as `config.stripeApiKey`. */
export function memberOf({ name }: ConfigVariable): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function docOf({ description }: ConfigVariable): string {
  const text = description.replaceAll('*/', '*\\/');
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function declarationOf(variable: ConfigVariable, isOwn: boolean): Code {
  const { name, type, secret, defaultValue, optional, requiredIn } = variable;
  const members: Member[] = [
    { key: 'name', code: literal(name) },
    { key: 'type', code: typeOf(type) },
  ];
  if (secret) {
    members.push({ key: 'secret', code: 'true' });
  }
  if (defaultValue !== undefined) {
    members.push({ key: 'default', code: literal(runtimeValue(type, defaultValue)) });
  } else if (optional || isOwn) {
    members.push({ key: 'optional', code: 'true' });
  } else if (requiredIn !== undefined) {
    members.push({ key: 'requiredIn', code: literal(requiredIn) });
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
