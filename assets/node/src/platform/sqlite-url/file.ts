import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UrlProblem } from '../url-problem/problem.js';

const SCHEME = 'file:';

/**
 * The file of a `file:` URL; a relative one is relative to the working directory, as in Prisma's driver adapters.
 *
 * @throws UrlProblem for what is no such URL, since another file would be written or removed, and for one with parameters, such as Prisma's
 *   `connection_limit`, which would have no effect
 */
export function fileOf(url: string): string {
  if (!url.startsWith(SCHEME)) {
    throw new UrlProblem(`The URL of a SQLite database begins with ${SCHEME}, such as file:./path/to.db. Write it so.`);
  }
  const [path = '', parameters] = url.split('?');
  if (parameters !== undefined) {
    throw new UrlProblem(`The URL of the database ${path} has parameters, which would have no effect. Remove them.`);
  }
  return resolve(pathOf(path));
}

function pathOf(url: string): string {
  try {
    return url.startsWith('file://') ? fileURLToPath(url) : decodeURIComponent(url.slice(SCHEME.length));
  } catch {
    throw new UrlProblem(
      `The URL of the database ${url} names no file of this machine. Write it as file:///path/to.db, with special characters percent-encoded.`,
    );
  }
}
