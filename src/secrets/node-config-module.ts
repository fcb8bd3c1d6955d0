import { type ConfigType, ConfigShape, type ConfigVariable, Duration, type Service, type ServiceProblem } from '../service';

/**
 * Prints `src/platform/config.ts`: the declarations, from which the loader validates and TypeScript infers.
 */
export function renderConfigModule(service: Service): string {
  const members = service.configVariables.map((variable) => [`  /** ${docOf(variable)} */`, `  ${memberOf(variable)}: ${declarationOf(variable)},`].join('\n'));
  return [
    "import { type ConfigOf, type ConfigSource, type Declarations, load } from './config/load.js';",
    ...(service.configVariables.length > 0 ? ["import * as types from './config/types.js';"] : []),
    '',
    'export const declarations = {',
    ...members,
    '} as const satisfies Declarations;',
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
 * Two variables that would be read under one name.
 */
export function namingProblems(service: Service): ServiceProblem[] {
  const first = new Map<string, ConfigVariable>();
  return service.configVariables.flatMap((variable) => {
    const member = memberOf(variable);
    const other = first.get(member);
    first.set(member, other ?? variable);
    return other === undefined
      ? []
      : [{ place: variable.place, message: `is read as config.${member}, and so is ${other.place}`, fix: 'rename one of the two' }];
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

function declarationOf(variable: ConfigVariable): string {
  const parts = [`name: ${literal(variable.name)}`, `type: ${typeOf(variable.type)}`];
  if (variable.secret) {
    parts.push('secret: true');
  }
  if (variable.defaultValue !== undefined) {
    parts.push(`default: ${literal(runtimeValue(variable))}`);
  } else if (variable.optional) {
    parts.push('optional: true');
  } else if (variable.requiredIn !== undefined) {
    parts.push(`requiredIn: ${literal(variable.requiredIn)}`);
  }
  const line = `{ ${parts.join(', ')} }`;
  const width = `  ${memberOf(variable)}: ${line},`.length;
  return width <= 120 ? line : `{\n${parts.map((part) => `    ${part},\n`).join('')}  }`;
}

function typeOf({ shape, constraints }: ConfigType): string {
  if (shape === ConfigShape.ENUMERATION) {
    return `types.enumeration(${literal(constraints.values)})`;
  }
  return `types.${shape}(${Object.keys(constraints).length === 0 ? '' : literal(constraints)})`;
}

/** Lengths of time are milliseconds at run time. */
function runtimeValue({ type, defaultValue }: ConfigVariable): unknown {
  if (type.shape !== ConfigShape.DURATION) {
    return defaultValue;
  }
  return (defaultValue instanceof Duration ? defaultValue : Duration.parse(String(defaultValue))).toMillis();
}

/** A TypeScript literal, formatted as the service's own formatter would. */
function literal(value: unknown): string {
  if (typeof value === 'string') {
    return value.includes("'") && !value.includes('"') ? JSON.stringify(value) : `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(', ')}]`;
  }
  if (value !== null && typeof value === 'object') {
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key)}: ${literal(member)}`)
      .join(', ')} }`;
  }
  return String(value);
}
