import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inject, onTestFinished } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    newborns: Newborns;
  }
}

/** What `projen new` made, once for all live tests. Tests that change a service work on a copy. */
export interface Newborns {
  /** A folder for this run; gone afterwards. */
  readonly workplace: string;
  /** The library, as it would be published. */
  readonly tarball: string;
  /** The default service, made from the tarball, in a Git repository, compiled. */
  readonly postgresql: string;
  /** Without the example, made from the library as a registry has it. */
  readonly sqlite: string;
  /** Named after its folder. */
  readonly none: string;
}

export const newborns = (): Newborns => inject('newborns');

/** An empty folder for one test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(newborns().workplace, 'test-'));
  onTestFinished(() => remove(folder));
  return folder;
}

/**
 * A copy of a service to change at will; the caller removes it.
 *
 * It shares the packages of the original, so nothing may be installed in it.
 */
export function copyOf(service: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(newborns().workplace, 'copy-'));
  const apart = new Set(['node_modules', '.data']);
  cpSync(service, folder, { recursive: true, filter: (path) => !apart.has(relative(service, path)) });
  symlinkSync(join(service, 'node_modules'), join(folder, 'node_modules'));
  if (existsSync(join(folder, '.git'))) {
    // To .gitignore a link is no folder.
    appendFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  }
  return { folder, remove: () => remove(folder) };
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
