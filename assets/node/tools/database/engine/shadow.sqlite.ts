import { existsSync, realpathSync } from 'node:fs';
import { fileOf } from '../../../src/platform/sqlite-url/file.js';
import { sameDatabase } from './shadow-problem.js';

/** Refuses a shadow database that is the main one, by whatever path it was reached. */
export async function assertDifferent(url: string, shadowUrl: string): Promise<void> {
  if (real(url) === real(shadowUrl)) throw sameDatabase(fileOf(url));
}

function real(url: string): string {
  const file = fileOf(url);
  return existsSync(file) ? realpathSync(file) : file;
}
