import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from './registry';

/**
 * Looks up what the tags of assets/containers/base-images.json stand for now. A new version is a new tag, which a person writes.
 *
 * Nothing is written unless every registry answers.
 */
const path = join(__dirname, '..', '..', 'assets', 'containers', 'base-images.json');

type BaseImages = Record<string, { image: string; tag: string; digest: string }>;

async function refresh(): Promise<void> {
  const images: BaseImages = JSON.parse(readFileSync(path, 'utf8'));
  const entries = Object.entries(images).map(async ([name, entry]) => {
    const digest = await digestOf(entry.image, entry.tag);
    console.log(`${entry.image}:${entry.tag} ${digest === entry.digest ? 'is unchanged' : `is now ${digest}`}`);
    return [name, { ...entry, digest }] as const;
  });
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(await Promise.all(entries)), null, 2)}\n`);
}

refresh().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
