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
  const answers = Object.entries(images).map(async ([name, entry]) => {
    const digest = await digestOf(entry.image, entry.tag);
    console.log(`${entry.image}:${entry.tag} ${digest === entry.digest ? 'is unchanged' : `is now ${digest}`}`);
    return [name, { ...entry, digest }] as const;
  });
  const settled = await Promise.allSettled(answers);
  const failures = settled.filter((answer) => answer.status === 'rejected');
  for (const { reason } of failures) {
    console.error(reason instanceof Error ? reason.message : reason);
  }
  if (failures.length > 0) {
    console.error('Nothing is written.');
    process.exitCode = 1;
    return;
  }
  const entries = settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

void refresh();
