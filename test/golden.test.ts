import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenServices } from './support/golden-services';
import { synth } from './support/synth';

const GOLDEN = join(__dirname, 'golden');

describe.each(Object.entries(goldenServices))('the golden service %s', (name, make) => {
  const files = synth(make);
  const folder = join(GOLDEN, name);

  it.each(Object.keys(files))('has the reviewed content in %s', async (path) => {
    await expect(files[path]).toMatchFileSnapshot(join(folder, path));
  });

  it('has no file that is no longer made', () => {
    const stale = filesBelow(folder).filter((path) => !(path in files));
    expect(stale, `delete these below test/golden/${name}`).toEqual([]);
  });
});

function filesBelow(folder: string, root = folder): string[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path, root) : [relative(root, path)];
    })
    .sort();
}
