import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { run } from '../../../scripts/live/command';
import { LIBRARY, packLibrary } from '../../../scripts/live/package';
import { type Registry, serveLibrary } from '../../../scripts/live/registry';
import { goldenServices } from '../../support/golden-services';
import { synthInto } from '../../support/synth';
import { Engine } from './engine';
import { makeStandIns } from './stand-ins';

declare module 'vitest' {
  interface ProvidedContext {
    images: Images;
  }
}

/** Two services and their images, built once for all tests. */
export interface Images {
  readonly engineEnv: Record<string, string>;
  /** The default service: PostgreSQL, with the example. Its image is `orders:dev`. */
  readonly postgresql: string;
  /** A service on SQLite. Its image is `notes:dev`. */
  readonly sqlite: string;
  /** A file with a secret, such as developers leave beside their code. */
  readonly leftover: string;
}

/** Makes the services, and builds their images with the task that users have. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const workplace = mkdtempSync(join(tmpdir(), 'riso-image-'));
  const engine = await Engine.create();
  const remove = async () => {
    await engine.remove();
    await rm(workplace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const standIns = await makeStandIns(engine);
    const registry = await serveLibrary(await packLibrary(workplace));
    try {
      const npmrc = await registrySettings(workplace, registry);
      const postgresql = await makeService(join(workplace, 'orders'), 'default', registry);
      const sqlite = await makeService(join(workplace, 'notes'), 'sqlite-minimal', registry);
      for (const folder of [postgresql, sqlite]) {
        await buildImage(folder, engine, [...standIns, '--secret', `id=npmrc,src=${npmrc}`]);
      }
      provide('images', { engineEnv: engine.env, postgresql, sqlite, leftover: LEFTOVER });
    } finally {
      await registry.close();
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

/**
 * The files of a golden service, with a lock file. The library's own packages stand in for what `npm install` would bring; they
 * serve the tasks on this machine, and the build sees nothing of them.
 */
async function makeService(folder: string, golden: string, registry: Registry): Promise<string> {
  mkdirSync(folder);
  synthInto(folder, goldenServices[golden]!);
  await run('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
    cwd: folder,
    env: registry.env,
    timeout: PATIENCE,
  });
  symlinkSync(join(LIBRARY, 'node_modules'), join(folder, 'node_modules'));
  for (const path of ['.env', 'src/.env.local', 'prisma/dev.db', 'src/tls.key', 'test/secret.txt', 'notes.txt']) {
    writeFileSync(join(folder, path), LEFTOVER);
  }
  return folder;
}

/** Builds an image with the task that users have. */
async function buildImage(folder: string, engine: Engine, args: readonly string[]): Promise<void> {
  const bin = join(LIBRARY, 'node_modules', '.bin');
  // Docker's format carries the health check; nothing is pulled, because no registry of images can be reached.
  await run(join(bin, 'projen'), ['image:build', '--pull=never', '--format', 'docker', ...args], {
    cwd: folder,
    env: { ...engine.env, PATH: `${bin}:${process.env['PATH']}` },
    timeout: PATIENCE,
  });
}

/** What must not get into an image, wherever a developer leaves it. */
const LEFTOVER = 'hunter2-leftover';

/** A build installs all packages twice. */
const PATIENCE = 20 * 60_000;

/** How npm reaches its registry on this machine, which is no part of any image. */
async function registrySettings(workplace: string, registry: Registry): Promise<string> {
  const ask = async (name: string) => (await run('npm', ['config', 'get', name], { cwd: LIBRARY })).trim();
  const settings = { registry: await ask('registry'), cafile: await ask('cafile') };
  const path = join(workplace, 'npmrc');
  const lines = [
    ...Object.entries(settings).filter(([, value]) => value !== 'null' && value !== 'undefined'),
    ...Object.entries(registry.env).map(([name, value]) => [name.replace('npm_config_', ''), value]),
  ];
  writeFileSync(path, `${lines.map((line) => line.join('=')).join('\n')}\n`, { mode: 0o600 });
  return path;
}
