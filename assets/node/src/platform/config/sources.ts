import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigSource } from './declaration.js';
import { nearest } from './nearest.js';

export interface Found {
  readonly text: string;
  /** Where it was found, for messages and logs. */
  readonly origin: string;
  /** Which text of several over time this is, where that can be told. */
  readonly version?: string | undefined;
  /** When it was rotated to this text, where that can be told; mounted files are as old as their mount. */
  readonly changedAt?: Date | undefined;
}

export interface Sources {
  /** The text of a variable; `unreadable` when it is a file that could not be read, which is a problem of its own. */
  find(name: string, problems: string[]): Found | 'unreadable' | undefined;
  /** Whether every child process and every crash report has it too, wherever it is read from in the end. */
  isExposed(name: string): boolean;
}

/** The environments that read an environment file; elsewhere the platform provides everything. */
const LOCAL = ['dev', 'test'];

export function isLocal(environment: string): boolean {
  return LOCAL.includes(environment);
}

/** The environment a source is of. One that nobody declared would require nothing and know no store, so it is a problem. */
export function environmentOf(
  { environment, environments, env = process.env }: ConfigSource,
  problems: string[],
): string {
  const name = environment ?? env['APP_ENV'] ?? 'prod';
  if (environments !== undefined && !environments.includes(name)) {
    const meant = environments.find((other) => name.toLowerCase().startsWith(other)) ?? nearest(name, environments);
    problems.push(
      `APP_ENV: ${JSON.stringify(name)} names no environment of this service${meant ? `; did you mean ${meant}?` : `. Set it to ${either(environments)}.`}`,
    );
  } else if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    problems.push(`APP_ENV: ${JSON.stringify(name)} names no environment. Set it to dev, test, staging or prod.`);
  }
  return name;
}

function either(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' or ');
}

/** Whether a file is named for a variable. */
export function isMounted(name: string, { env = process.env }: ConfigSource): boolean {
  return env[`${name}_FILE`] !== undefined;
}

export function sourcesOf(
  declarations: readonly { readonly name: string }[],
  environment: string,
  source: ConfigSource,
  problems: string[],
): Sources {
  const { env = process.env, cwd = process.cwd() } = source;
  const names = new Set(declarations.map(({ name }) => name));
  const fileName = `.env.${environment}`;
  const file = isLocal(environment) ? environmentFile(resolve(cwd, fileName)) : {};
  problems.push(...undeclared(file, fileName, names));

  return {
    find(name, problems) {
      const pointer = `${name}_FILE`;
      const mounted = names.has(pointer) ? undefined : (env[pointer] ?? file[pointer]);
      if (mounted !== undefined) return readMounted(pointer, resolve(cwd, mounted), problems);
      if (env[name] !== undefined) return { text: env[name], origin: 'the process environment' };
      if (file[name] !== undefined) return { text: file[name], origin: fileName };
      return undefined;
    },
    isExposed: (name) => env[name] !== undefined,
  };
}

function environmentFile(path: string): NodeJS.Dict<string> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

function readMounted(pointer: string, path: string, problems: string[]): Found | 'unreadable' {
  try {
    // Editors and `echo` end a file with a newline that is no part of the value.
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return { text, origin: `the file ${path}`, version: statSync(path).mtime.toISOString() };
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    problems.push(`${pointer} names ${path}, which cannot be read (${code}). Mount the file there, or name another.`);
    return 'unreadable';
  }
}

function undeclared(file: NodeJS.Dict<string>, fileName: string, names: ReadonlySet<string>): string[] {
  return Object.keys(file)
    .filter((name) => name !== 'APP_ENV' && !names.has(name) && !names.has(name.replace(/_FILE$/, '')))
    .map((name) => {
      const suggestion = nearest(name, names);
      return `${name} in ${fileName} is not declared${suggestion ? `; did you mean ${suggestion}?` : '. Declare it, or remove it.'}`;
    });
}
