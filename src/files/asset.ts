import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(__dirname, '..', '..', 'assets');

/**
 * Reads a file that ships with this library.
 *
 * @param path relative to `assets/`
 */
export function readAsset(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/**
 * Lists the files below a folder that ships with this library, sorted, relative to that folder.
 *
 * @param folder relative to `assets/`
 */
export function listAssets(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .flatMap((name) => {
      const path = posix.join(folder, name);
      return statSync(join(ROOT, path)).isDirectory()
        ? listAssets(path).map((below) => posix.join(name, below))
        : [name];
    })
    .sort();
}
