import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { run } from '../../../scripts/live/command';
import { projenNew, task } from '../../../scripts/live/newborn';
import { packLibrary } from '../../../scripts/live/package';
import type { Newborns } from './newborns';

/** Packs the library once and makes the services that all live tests share. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const workplace = mkdtempSync(join(tmpdir(), 'riso-live-'));
  const remove = () => rmSync(workplace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    provide('newborns', await makeNewborns(workplace));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

async function makeNewborns(workplace: string): Promise<Newborns> {
  const tarball = await packLibrary(workplace);
  const fromTarball = `@riso/projen@file:${tarball}`;
  const folder = (name: string) => {
    const path = join(workplace, name);
    mkdirSync(path);
    return path;
  };
  // The first fills npm's cache for the others.
  const postgresql = await born(folder('orders'), fromTarball, ['--name', 'orders']);
  const installed = folder('notes');
  await run('npm', ['install', '--no-save', tarball], { cwd: installed });
  const [sqlite, none] = await Promise.all([
    born(installed, '@riso/projen', ['--name', 'notes', '--database', 'sqlite', '--no-example', '--no-git']),
    born(folder('hello'), fromTarball, ['--database', 'none', '--description', "Says 'hello'", '--no-git']),
    task(postgresql, 'compile'),
  ]);
  return { workplace, tarball, postgresql, sqlite, none };
}

async function born(folder: string, from: string, flags: readonly string[]): Promise<string> {
  const { code, output } = await projenNew(folder, { from, flags });
  if (code !== 0) {
    throw new Error(`projen new --from ${from} ${flags.join(' ')} exited with ${code}\n${output}`);
  }
  return folder;
}
