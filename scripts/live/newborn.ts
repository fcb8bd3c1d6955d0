import { createRequire } from 'node:module';
import { run } from './command';

const projen: { version: string } = createRequire(__filename)('projen/package.json');

/**
 * Creates a service the way a user does: `projen new --from` in an empty folder.
 *
 * @param folder an empty folder
 * @param from what `--from` is given, such as `@riso/projen@file:/…/package.tgz`
 * @param flags the flags of the project type
 */
export function newService(folder: string, from: string, ...flags: readonly string[]): Promise<string> {
  const cli = createRequire(__filename).resolve('projen/bin/projen');
  return run(process.execPath, [cli, 'new', '--projen-version', projen.version, '--from', from, 'node-service', '--no-git', ...flags], {
    cwd: folder,
  });
}

/** Runs a task of a service. */
export function task(folder: string, name: string, ...args: readonly string[]): Promise<string> {
  return run('npx', ['projen', name, ...args], { cwd: folder, env: { APP_ENV: 'dev' } });
}
