import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { codeOf, Failure, messageOf } from '../../src/platform/migrations/failure.js';
import { environmentName, requireDevelopment, withDatabase } from './development.js';
import { engineEnvironment, standInEnvironment } from './engine/launcher.js';
import { root } from './service.js';

/** Runs a command of the service's packages without a shell; signals go to it, its exit code comes back. */
export function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...engineEnvironment(), PATH: localPath(), ...env },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, signal === 'SIGINT' && process.stdin.isTTY ? ignore : forward);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Failure(codeOf(error) === 'ENOENT' ? `There is no command "${command}".` : messageOf(error)));
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  }).finally(() => {
    for (const signal of signals) process.off(signal, forward).off(signal, ignore);
  });
}

/** Ctrl-C in a terminal reaches the command by itself, and many programs take a second one for impatience. */
function ignore(): void {}

/** Needs no database, and no engine beyond the one from npm. */
export function generate(args: readonly string[]): Promise<number> {
  return runCommand('prisma', ['generate', ...args], standInEnvironment());
}

/** The user's program, which may be run any number of times; the first argument says for which environment. */
export async function seed([environment, ...args]: readonly string[]): Promise<number> {
  requireDevelopment('seed');
  if (environment !== undefined && environment !== 'dev' && environment !== 'test') {
    throw new Failure(
      `seed is refused for ${JSON.stringify(environment)}. It is for dev and test only: db:seed [dev|test]`,
    );
  }
  const program = join(root, 'prisma', 'seed.ts');
  if (!existsSync(program)) throw new Failure('There is no prisma/seed.ts. Write one, and seed again.');
  return await withDatabase((url) =>
    runCommand('tsx', [program, ...args], { DATABASE_URL: url, APP_ENV: environment ?? environmentName() }),
  );
}

/** Commands of the service's packages, also of those hoisted above it. */
function localPath(): string {
  const folders = ancestors(root).map((folder) => join(folder, 'node_modules', '.bin'));
  return [...folders, process.env['PATH'] ?? ''].join(delimiter);
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}
