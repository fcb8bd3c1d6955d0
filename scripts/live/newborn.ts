import { createRequire } from 'node:module';
import { join } from 'node:path';
import { attempt, type Outcome, run } from './command';

const require = createRequire(__filename);
const projen: { version: string } = require('projen/package.json');

export interface NewOptions {
  /** What `--from` is given, such as `@riso/projen@file:/…/package.tgz`. */
  readonly from: string;
  /** The flags of `projen new` and of the project type. */
  readonly flags: readonly string[];
  readonly env?: Record<string, string | undefined>;
}

/** Runs `projen new --from` in a folder, whatever becomes of it. */
export function projenNew(folder: string, { from, flags, env }: NewOptions): Promise<Outcome> {
  return attempt(process.execPath, newCommand(from, flags), { cwd: folder, env });
}

/**
 * Creates a service the way a user does: `projen new --from` in an empty folder.
 *
 * @param folder an empty folder
 * @param from what `--from` is given, such as `@riso/projen@file:/…/package.tgz`
 * @param flags the flags of the project type
 */
export function newService(folder: string, from: string, ...flags: readonly string[]): Promise<string> {
  return run(process.execPath, newCommand(from, ['--no-git', ...flags]), { cwd: folder });
}

/** Runs a task of a service. */
export function task(folder: string, name: string, ...args: readonly string[]): Promise<string> {
  return run(process.execPath, [projenOf(folder), name, ...args], { cwd: folder, env: { APP_ENV: 'dev' } });
}

/** Runs a task of a service, whatever becomes of it. */
export function attemptTask(folder: string, name: string, ...args: readonly string[]): Promise<Outcome> {
  return attempt(process.execPath, [projenOf(folder), name, ...args], { cwd: folder, env: { APP_ENV: 'dev' } });
}

/** Makes the generated files again. */
export function synthesize(folder: string): Promise<Outcome> {
  return attempt(process.execPath, [projenOf(folder)], { cwd: folder });
}

function newCommand(from: string, flags: readonly string[]): string[] {
  const cli = require.resolve('projen/bin/projen');
  return [cli, 'new', '--projen-version', projen.version, '--from', from, 'node-service', ...flags];
}

/** What `npx projen` runs there; npx itself would not pass signals on. */
function projenOf(folder: string): string {
  return join(folder, 'node_modules', 'projen', 'bin', 'projen');
}
