import { existsSync, lstatSync, lutimesSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Reduces `node_modules` to what the compiled service can load: node tools/container/prune.ts <compiled code> [<files>…]
 *
 * npm keeps a package that somebody names as an optional peer whenever the lock file has it, `--omit=dev` or not: that is how
 * compilers and command line tools reach production. Here a package stays when a chain of dependencies leads to it. Files whose
 * path in `node_modules` begins with one of <files> stay only when the compiled code names them. Node runs this file as it is,
 * so it imports nothing but Node.
 */

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

/** What only compilers, debuggers, tests and readers open. */
const IDLE =
  /\.(?:[cm]?ts|tsx|map|flow|tsbuildinfo|test\.[cm]?js)$|^(?:README|CHANGELOG|HISTORY)(?:\..*)?$|^\.git(?:hub|attributes|ignore|keep|modules)$/i;

/** The time npm itself gives to all files of a package. */
const STAMP = new Date('1985-10-26T08:15:00Z');

/** Removes what the service does not load, and says what is left. */
export function prune(root: string, compiled: string, named: readonly string[] = []): { readonly packages: number } {
  const modules = join(root, 'node_modules');
  const reached = reachable(root);
  removeUnreached(modules, reached);
  for (const folder of reached) removeIdleFiles(folder);
  const sources = named.length === 0 ? '' : sourcesBelow(compiled);
  for (const start of named) removeUnnamed(modules, start, sources);
  if (existsSync(modules)) stampAll(modules);
  return { packages: reached.size };
}

/** The folders of all packages that a chain of dependencies leads to. */
function reachable(root: string): Set<string> {
  const reached = new Set<string>();
  const follow = (folder: string): void => {
    for (const name of needsOf(readManifest(folder))) {
      const found = resolvePackage(root, folder, name);
      if (found !== undefined && !reached.has(found)) {
        reached.add(found);
        follow(found);
      }
    }
  };
  follow(root);
  return reached;
}

function needsOf({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: Manifest): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers];
}

/** As Node does it: the nearest `node_modules` wins. Optional packages of other platforms are nowhere. */
function resolvePackage(root: string, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root) return undefined;
  }
}

function removeUnreached(modules: string, reached: ReadonlySet<string>): void {
  for (const folder of packagesIn(modules)) {
    if (!reached.has(folder)) rmSync(folder, { recursive: true });
    else removeUnreached(join(folder, 'node_modules'), reached);
  }
  for (const idle of ['.bin', '.package-lock.json']) rmSync(join(modules, idle), { recursive: true, force: true });
}

function packagesIn(modules: string): string[] {
  return foldersIn(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? foldersIn(join(modules, name)).map((scoped) => join(name, scoped)) : name,
    )
    .map((name) => join(modules, name));
}

function removeIdleFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (IDLE.test(entry.name)) rmSync(path, { recursive: true });
    else if (entry.isDirectory() && entry.name !== 'node_modules') removeIdleFiles(path);
  }
}

function removeUnnamed(modules: string, start: string, sources: string): void {
  const folder = dirname(start);
  if (!existsSync(join(modules, folder))) return;
  for (const name of readdirSync(join(modules, folder))) {
    const path = `${folder}/${name}`;
    if (path.startsWith(start) && !sources.includes(path)) rmSync(join(modules, path));
  }
}

/** Packages that did not change are the same layer in every release, which nobody pulls again: times are a part of it. */
function stampAll(path: string): void {
  lutimesSync(path, STAMP, STAMP);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) stampAll(join(path, name));
}

function sourcesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?js$/.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [compiled, ...named] = process.argv.slice(2);
  if (compiled === undefined)
    throw new Error('which folder holds the compiled code? node tools/container/prune.ts dist');
  const { packages } = prune(process.cwd(), compiled, named);
  console.log(`kept ${packages} packages`);
}
