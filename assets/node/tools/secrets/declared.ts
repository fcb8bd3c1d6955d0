import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Declaration, type Declarations, placed } from '../../src/platform/config/declaration.js';
import { parse } from '../../src/platform/config/load.js';
import { nearest } from '../../src/platform/config/nearest.js';
import type { Explained } from './explain.js';
import type { Facts, VariableFacts } from './facts.js';

interface Declared {
  readonly rows: readonly Explained[];
  readonly problems: readonly string[];
}

/**
 * How an environment stands that is not on this machine: what `.env.<environment>` says the platform must provide, held against
 * the declarations. No value of a secret is known here, so none can be wrong.
 */
export function readDeclared(declarations: Declarations, facts: Facts, environment: string, cwd: string): Declared {
  const fileName = `.env.${environment}`;
  const path = join(cwd, fileName);
  const file = existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
  const byName = new Map(placed(declarations).map(({ declaration }) => [declaration.name, declaration]));
  const problems = existsSync(path) ? [] : [`${fileName} is missing. Run "npx projen", which writes it.`];
  for (const name of Object.keys(file).filter((name) => !byName.has(name))) {
    const suggestion = nearest(name, byName.keys());
    problems.push(
      `${name} in ${fileName} is not declared${suggestion ? `; did you mean ${suggestion}?` : '. Declare it, or remove it.'}`,
    );
  }
  const rows = facts.variables.map((variable) => {
    const declaration = byName.get(variable.name);
    const text = file[variable.name];
    if (declaration && text !== undefined) problems.push(...wrongIn(fileName, declaration, text));
    if (variable.states[environment] === 'missing') {
      problems.push(`${variable.name} is not configured for ${environment}, which cannot do without it. ${MEND}`);
    }
    return { variable: variable.name, ...standing(variable, environment, text, declaration) };
  });
  return { rows, problems };
}

const MEND = 'Give it a value in .projenrc.ts, or say there who provides it.';

function wrongIn(fileName: string, declaration: Declaration, text: string): string[] {
  const { name, secret, type } = declaration;
  if (secret)
    return [`${name} in ${fileName} is a secret, and files of the repository hold none. Remove it, and replace it.`];
  const result = parse(declaration, text);
  return 'value' in result ? [] : [`${name} in ${fileName} is ${JSON.stringify(text)}, but must be ${type.expects}.`];
}

function standing(
  { name, secret, states, providedBy, keptIn }: VariableFacts,
  environment: string,
  text: string | undefined,
  declaration: Declaration | undefined,
): Omit<Explained, 'variable'> {
  switch (states[environment]) {
    case 'set':
      return { value: text ?? '', from: `.env.${environment}` };
    case 'defaulted':
      return { value: written(declaration?.default), from: 'its default' };
    case 'referenced':
      return {
        value: secret ? '[secret]' : '',
        from: keptIn?.[environment] ?? providedBy?.[environment] ?? `a file that ${name}_FILE names`,
      };
    case 'missing':
      return { value: '', from: 'nowhere: not configured yet' };
    default: {
      const kept = keptIn?.[environment];
      return { value: '', from: kept === undefined ? 'nowhere: not needed' : `${kept}, if it is there` };
    }
  }
}

/** A value as a variable of the environment has it. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}
