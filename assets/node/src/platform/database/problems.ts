import { type Problem, unavailable } from '../http/problem.js';

/** Seconds after which a client may well find the database back. */
const RETRY_AFTER = 2;

/** Prisma's codes for a database that cannot be reached, is too busy, or went away. */
const PRISMA = /^P(1000|1001|1002|1003|1008|1010|1011|1017|2024|2028|2037)$/;

const SOCKET = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EAI_AGAIN)$/;

/** SQLSTATE: connection exceptions, too many connections, statement timeout, shutting down, idle in a transaction. */
const POSTGRESQL = /^(08[0-9A-Z]{3}|53300|57014|57P0[1235]|25P03)$/;

/** Numbers and names: too many connections, shutting down, lock and statement timeouts, and the driver's own from 45000. */
const MYSQL =
  /^(1040|1053|1203|1205|1969|3024|45009|45012|45013|45026|45028|ER_(CON_COUNT_ERROR|SERVER_SHUTDOWN|STATEMENT_TIMEOUT|LOCK_WAIT_TIMEOUT|SOCKET_UNEXPECTED_CLOSE|CONNECTION_TIMEOUT|CMD_CONNECTION_CLOSED|SOCKET_TIMEOUT|GET_CONNECTION_TIMEOUT))$/;

const SQLITE = /^SQLITE_(BUSY|CANTOPEN|IOERR)/;

/** What adapters call it themselves: a statement that ends a transaction fails without Prisma's wrapping. */
const ADAPTER =
  /^(AuthenticationFailed|ConnectionClosed|DatabaseDoesNotExist|DatabaseNotReachable|SocketTimeout|TlsConnectionError|TooManyConnections)$/;

/** Errors that drivers give no code. */
const MESSAGE =
  /timeout exceeded when trying to connect|timeout expired|connection terminated|query read timeout|client has encountered a connection error|pool timeout|database is locked|unable to open/i;

/** 503 for what is the database's trouble; everything else stays the route's business. */
export function databaseProblem(error: unknown): Problem | undefined {
  // Other clients of the service have refused connections too.
  if (!(isPrismas(error) && isUnavailable(error, 0))) return undefined;
  const detail = 'The database cannot be used at the moment. Try again shortly.';
  return unavailable(detail, { retryAfter: RETRY_AFTER, cause: error });
}

function isPrismas(error: unknown): boolean {
  return error instanceof Error && ('clientVersion' in error || error.name === 'DriverAdapterError');
}

/** Prisma wraps what drivers throw, and keeps the driver's code in different places. */
function isUnavailable(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const { code, originalCode, kind, cause, meta, driverAdapterError } = error as Readonly<Record<string, unknown>>;
  if ([code, originalCode, kind].some(meansUnavailable)) return true;
  if (error instanceof Error && MESSAGE.test(error.message)) return true;
  const inner = error instanceof AggregateError ? error.errors : [];
  return [cause, meta, driverAdapterError, ...inner].some((next) => isUnavailable(next, depth + 1));
}

function meansUnavailable(code: unknown): boolean {
  return (
    typeof code === 'string' && [PRISMA, ADAPTER, SOCKET, POSTGRESQL, MYSQL, SQLITE].some((known) => known.test(code))
  );
}
