import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import baseImages from '../../../assets/containers/base-images.json';
import { run } from '../../../scripts/live/command';
import { LIBRARY } from '../../../scripts/live/package';
import type { Engine } from './engine';

/** The Debian release of both base images. */
const RELEASE = 'trixie';
const NPM = '11.21.2';

/**
 * What stands in for the images that are built on, whose registries cannot be reached here: the same Debian release and the same Node, as
 * packages. Like the image it stands for, the one that runs has no shell and no package manager.
 *
 * @returns the arguments that make a build take them
 */
export async function makeStandIns(engine: Engine): Promise<string[]> {
  const node = await nodeBinary();
  const runtime = await rootOf(
    'runtime',
    ['base-files', 'libc6', 'libstdc++6', 'ca-certificates', 'tzdata'],
    'extract',
  );
  place(node, join(runtime, 'nodejs/bin/node'));
  const build = await rootOf('build', ['ca-certificates', 'libstdc++6'], 'essential');
  place(node, join(build, 'usr/local/bin/node'));
  await placeNpm(build);
  // npm behind a proxy that signs by itself is this machine's matter.
  place('/etc/ssl/certs/ca-certificates.crt', join(build, 'etc/ssl/certs/ca-certificates.crt'));
  const programs = await rootOf('programs', ['postgresql-client'], 'essential');
  const PATH = '/usr/local/bin:/usr/bin:/bin';
  await engine.imageOf(programs, 'localhost/postgresql-programs', { PATH });
  await engine.imageOf(runtime, 'localhost/node-runtime', { PATH });
  await engine.imageOf(build, 'localhost/node-build', { PATH });
  return (['node-build', 'node-runtime', 'postgresql-programs'] as const).flatMap((name) => {
    const { image, tag, digest } = baseImages[name];
    return ['--build-context', `${image}:${tag}@${digest}=container-image://localhost/${name}`];
  });
}

async function rootOf(name: string, packages: readonly string[], variant: string): Promise<string> {
  const root = join(await cache(), name);
  if (!existsSync(root)) {
    const unfinished = `${root}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(dirname(root), { recursive: true });
    await run(
      'mmdebstrap',
      [
        `--variant=${variant}`,
        '--mode=root',
        `--include=${packages.join(',')}`,
        RELEASE,
        unfinished,
        'http://deb.debian.org/debian',
      ],
      { cwd: LIBRARY, timeout: 600_000 },
    );
    renameSync(unfinished, root);
  }
  return root;
}

async function nodeBinary(): Promise<string> {
  return (await run('scripts/with-node', ['24', 'node', '-p', 'process.execPath'], { cwd: LIBRARY })).trim();
}

async function placeNpm(root: string): Promise<void> {
  const modules = join(root, 'usr/local/lib/node_modules');
  if (!existsSync(join(modules, 'npm'))) {
    await run('npm', ['install', '--silent', '--no-save', '--prefix', join(root, 'usr/local/lib'), `npm@${NPM}`], {
      cwd: LIBRARY,
    });
    for (const command of ['npm', 'npx']) {
      symlinkSync(`../lib/node_modules/npm/bin/${command}-cli.js`, join(root, 'usr/local/bin', command));
    }
  }
}

function place(file: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target, { dereference: true });
}

async function cache(): Promise<string> {
  return join((await run('scripts/cache', [], { cwd: LIBRARY })).trim(), `stand-ins-${RELEASE}-${NPM}`);
}
