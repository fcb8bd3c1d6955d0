import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { GithubStoreOptions } from './store.js';

/**
 * In a job of a workflow: writes the secrets the step was given to files, and names those for the steps after it, with the
 * values that `.env.<environment>` has. So the job has what the platform gives the service, and secrets are no environment
 * variables of all that it runs. Returns what is missing.
 */
export function bind(options: GithubStoreOptions, env: NodeJS.ProcessEnv, cwd = process.cwd()): readonly string[] {
  const { environment, githubEnvironment, secrets, variables, optional = [] } = options;
  const { GITHUB_ENV: list, RUNNER_TEMP: temp } = env;
  if (list === undefined || temp === undefined) return ['secrets:bind is for a step of a GitHub workflow.'];
  // GitHub gives an empty text for what it does not have.
  const has = (name: string) => (env[name] ?? '') !== '';
  const missing = [...secrets, ...variables].filter((name) => !has(name) && !optional.includes(name));
  if (missing.length > 0) {
    const names = missing.join(', ');
    return [
      `GitHub's environment ${githubEnvironment} has no ${names}. Use secrets:push ${environment}, and see that the job names the environment.`,
    ];
  }
  const folder = join(temp, `secrets-${environment}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(cwd, `.env.${environment}`);
  const values = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const bound: Record<string, string | undefined> = { ...values, APP_ENV: environment };
  for (const name of variables) bound[name] = env[name];
  for (const name of secrets.filter(has)) {
    bound[`${name}_FILE`] = join(folder, name);
    writeFileSync(join(folder, name), env[name] ?? '', { mode: 0o400 });
  }
  for (const [name, value] of Object.entries(bound)) appendFileSync(list, assignment(name, value ?? ''));
  return [];
}

/** As GitHub reads it, line breaks and all. */
function assignment(name: string, value: string): string {
  const end = `end of ${name} ${process.hrtime.bigint()}`;
  return `${name}<<${end}\n${value}\n${end}\n`;
}
