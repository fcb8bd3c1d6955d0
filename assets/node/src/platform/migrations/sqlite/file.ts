import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of a `file:` URL; a relative one is relative to the working directory, as in Prisma's driver adapters. */
export function fileOf(url: string): string {
  const path = url.startsWith('file://') ? fileURLToPath(url) : decodeURIComponent(url.slice('file:'.length));
  return resolve(path.replace(/\?.*$/, ''));
}
