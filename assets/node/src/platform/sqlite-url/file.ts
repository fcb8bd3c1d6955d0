import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The file of a `file:` URL; a relative one is relative to the working directory, as in Prisma's driver adapters.
 *
 * @throws Error for a URL with parameters, such as Prisma's `connection_limit`, which would have no effect
 */
export function fileOf(url: string): string {
  const [path = '', parameters] = url.split('?');
  if (parameters !== undefined) {
    throw new Error(`The URL of the database ${path} has parameters, which would have no effect. Remove them.`);
  }
  return resolve(path.startsWith('file://') ? fileURLToPath(path) : decodeURIComponent(path.slice('file:'.length)));
}
