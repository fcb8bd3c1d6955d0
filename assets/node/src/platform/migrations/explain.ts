import { UrlProblem } from '../url-problem/problem.js';
import { codeOf, Failure, messageOf, withoutSecrets } from './failure.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ER_SOCKET_TIMEOUT',
]);
const REFUSED = new Set(['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR']);
const UNKNOWN_DATABASE = new Set(['3D000', 'ER_BAD_DB_ERROR']);
const FORBIDDEN = new Set([
  '42501',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'SQLITE_READONLY',
]);
const LOCKED = new Set(['55P03', 'ER_LOCK_WAIT_TIMEOUT', 'SQLITE_BUSY']);
const NEEDS_NO_TRANSACTION = '25001';

/** Why a connection could not be opened, without its credentials. */
export function explainConnection(error: unknown, url: string): Failure {
  const place = placeOf(url);
  const code = codeOf(error) ?? '';
  const detail = withoutSecrets(messageOf(error), url);
  if (error instanceof Failure) return error;
  if (error instanceof UrlProblem) return new Failure(error.message);
  if (REFUSED.has(code)) {
    return new Failure(
      `The database at ${place} refused the credentials in DATABASE_URL. Correct its user and password.`,
    );
  }
  if (UNKNOWN_DATABASE.has(code)) {
    return new Failure(`The server at ${place} has no such database. Create it, or correct the name in DATABASE_URL.`);
  }
  if (UNREACHABLE.has(code) || /timeout|timed out/i.test(detail)) {
    return new Failure(`The database at ${place} cannot be reached (${detail}). Start it, or correct DATABASE_URL.`);
  }
  return new Failure(`The database at ${place} cannot be opened: ${detail}`);
}

/** What a failed statement means and what to do about it. */
export function explainStatement(error: unknown, url: string): string {
  const code = codeOf(error) ?? '';
  const detail = withoutSecrets(messageOf(error), url);
  if (FORBIDDEN.has(code)) {
    return `${detail}\nThe role in DATABASE_URL may not do this. Give MIGRATION_DATABASE_URL a role that owns the schema.`;
  }
  if (LOCKED.has(code)) {
    return `${detail}\nThe running service holds a lock on the table. Try again when it is less busy, or raise MIGRATION_LOCK_TIMEOUT.`;
  }
  if (code === NEEDS_NO_TRANSACTION) {
    return `${detail}\nGive the statement a migration of its own that begins with the line "-- migration: no-transaction".`;
  }
  return detail;
}

/** Host, port and database of a URL. */
export function placeOf(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return protocol === 'file:' ? url.slice('file:'.length) : `${host}${pathname}`;
  } catch {
    return 'an address that is not a URL';
  }
}
