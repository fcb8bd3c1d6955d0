import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Failure } from './failure.js';

/** A secret from a file, or from standard input for `-`; never from an argument, which every process on the machine can see. */
export async function readFileOrInput(path: string): Promise<string> {
  const content = path === '-' ? await text(process.stdin) : readSecretFile(path);
  return content.replace(/\r?\n$/, '');
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
