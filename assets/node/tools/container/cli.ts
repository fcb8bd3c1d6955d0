import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSecrets, type SecretFiles } from './secrets.js';

/**
 * The verbs of containers, by an engine that speaks Docker's command line: CONTAINER_ENGINE=podman names another one.
 *
 * Arguments go to the engine as they are, and no shell reads them.
 */
const verbs: Record<string, (args: readonly string[]) => number> = {
  build: ([tag = '', ...args]) => engine('build', '--tag', tag, '--build-arg', `REVISION=${revision()}`, ...args, '.'),
  up: (args) => secrets() || engine('compose', 'up', '--detach', '--wait', '--remove-orphans', ...args),
  down: (args) => engine('compose', 'down', ...args),
};

function engine(...args: readonly string[]): number {
  const { CONTAINER_ENGINE: program = 'docker' } = process.env;
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error !== undefined) {
    console.error(
      `${program} cannot be run (${error.message}): install it, or name another engine, such as CONTAINER_ENGINE=podman`,
    );
  }
  return status ?? 1;
}

/** The commit the image is built from; a build outside of Git has none. */
function revision(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

/** The stack does not start without its secrets. */
function secrets(): number {
  const files = JSON.parse(readFileSync(new URL('./secrets.json', import.meta.url), 'utf8')) as SecretFiles;
  const missing = makeSecrets(process.cwd(), files, process.env);
  for (const name of missing) {
    console.error(
      `${name} is missing (${files.asked[name]}): set it in the shell, or write it to ${join(files.folder, name)}`,
    );
  }
  return missing.length === 0 ? 0 : 1;
}

const [verb = '', ...args] = process.argv.slice(2);
const run = verbs[verb];
if (run === undefined) {
  console.error(`there is no verb "${verb}"; there are: ${Object.keys(verbs).join(', ')}`);
}
process.exitCode = run?.(args) ?? 2;
