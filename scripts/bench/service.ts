import { cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../live/command';
import { holdDatabase } from '../live/database';
import { newService, task } from '../live/newborn';
import { RunningService } from '../live/server';
import { atMost, type Figure, median, megabytes, seconds, timed } from './figures';

const COMMAND = ['node', '--enable-source-maps', 'dist/main.js'] as const;
const WITH_DATABASE = ['--import', 'tsx', 'tools/database/with-database.ts', '--'] as const;

/** From nothing to the first answer, as a new user has it. */
export async function birth(folder: string, tarball: string): Promise<Figure> {
  const time = await timed(async () => {
    await newService(folder, `@riso/projen@file:${tarball}`, '--name', 'orders');
    await task(folder, 'db:migrate');
    await task(folder, 'compile');
    const service = await RunningService.start(folder, ['node', ...WITH_DATABASE, ...COMMAND]);
    const { status } = await service.call('GET', '/products');
    await service.stop();
    if (status !== 200) {
      throw new Error(`GET /products answered ${status}\n${service.output()}`);
    }
  });
  return { what: 'from `projen new` to the first 200 (install, migrate, compile, start)', measured: seconds(time) };
}

/** From the start of the compiled process until readiness answers 200, the database being up. */
export async function startToReady(folder: string, rounds: number): Promise<Figure> {
  const database = await holdDatabase(folder);
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(await start(folder, database.url));
    }
    return atMost('start to ready', median(times), 1000, seconds);
  } finally {
    await database.release();
  }
}

/** What production installs, and proof that the service runs with no more than that. */
export async function productionInstall(folder: string, workplace: string): Promise<Figure[]> {
  const place = join(workplace, 'production');
  mkdirSync(place);
  for (const path of ['package.json', 'package-lock.json', 'dist']) {
    cpSync(join(folder, path), join(place, path), { recursive: true });
  }
  const database = await holdDatabase(folder);
  try {
    const figures: Figure[] = [];
    for (const omitted of [['dev'], ['dev', 'optional']]) {
      const flags = omitted.map((kind) => `--omit=${kind}`);
      rmSync(join(place, 'node_modules'), { recursive: true, force: true });
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...flags], { cwd: place });
      await start(place, database.url);
      figures.push({
        what: `production install, \`npm ci ${flags.join(' ')}\``,
        measured: megabytes(sizeOf(join(place, 'node_modules'))),
      });
    }
    return figures;
  } finally {
    await database.release();
  }
}

async function start(folder: string, databaseUrl: string): Promise<number> {
  const service = await RunningService.start(folder, [...COMMAND], { DATABASE_URL: databaseUrl });
  await service.stop();
  return service.readyAfter;
}

function sizeOf(path: string): number {
  const { size } = lstatSync(path);
  return lstatSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), size)
    : size;
}
