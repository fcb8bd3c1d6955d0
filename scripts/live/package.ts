import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

export const LIBRARY = join(__dirname, '..', '..');

/**
 * Packs the library as it would be published.
 *
 * @returns the path of the tarball
 */
export async function packLibrary(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await run('npx', ['jsii', '--silence-warnings=reserved-word'], { cwd: LIBRARY });
  const listing = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: LIBRARY,
  });
  const [packed] = JSON.parse(listing.slice(listing.indexOf('['), listing.lastIndexOf(']') + 1)) as [
    { filename: string },
  ];
  return join(folder, packed.filename.replace('@', '').replace('/', '-'));
}
