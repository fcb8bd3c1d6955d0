import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { projenNew, task } from '../../../scripts/live/newborn';
import { packLibrary } from '../../../scripts/live/package';
import { serveLibrary } from '../../../scripts/live/registry';
import type { Newborns } from './newborns';

/** Packs the library once and makes the services that all live tests share. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const workplace = mkdtempSync(join(tmpdir(), 'riso-live-'));
  const remove = () => rm(workplace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    provide('newborns', await makeNewborns(workplace));
  } catch (error) {
    await remove();
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
  const registry = await serveLibrary(tarball);
  try {
    const [sqlite, none] = await allOf([
      born(folder('notes'), '@riso/projen', ['--database', 'sqlite', '--no-example', '--no-git'], registry.env),
      born(folder('hello'), fromTarball, ['--database', 'none', '--description', "Says 'hello'", '--no-git']),
      task(postgresql, 'compile'),
    ]);
    return { workplace, tarball, postgresql, sqlite, none };
  } finally {
    await registry.close();
  }
}

async function born(
  folder: string,
  from: string,
  flags: readonly string[],
  env?: Record<string, string>,
): Promise<string> {
  const { code, output } = await projenNew(folder, { from, flags, env });
  if (code !== 0) {
    throw new Error(`projen new --from ${from} ${flags.join(' ')} exited with ${code}\n${output}`);
  }
  return folder;
}

/** Waits for all even when one fails: what goes on working would get in the way of cleaning up. */
async function allOf<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
