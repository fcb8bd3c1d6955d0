import { PrismaPg } from '@prisma/adapter-pg';
import { parameterProblem } from '../postgresql-url/parameters.js';
import { Pool } from './postgresql/pool.js';
import { StatementNames } from './postgresql/statement-names.js';
import { type DatabaseConfig, type DatabaseDriver, type OnConnectionLost, READINESS_TIMEOUT } from './types.js';

/** The server cuts a statement off first; only a server that is gone without a word leaves it to the client. */
const LAST_RESORT = 1_000;

/** PgBouncer refuses a connection that asks for these; there they are settings of the role. */
function limits(timeout: number) {
  return { statement_timeout: timeout, idle_in_transaction_session_timeout: timeout };
}

/** Seconds after which a connection is replaced, so that a login that was rotated goes out of use. */
const MAX_LIFETIME = 1800;

export function openDriver(config: DatabaseConfig, lost: OnConnectionLost, maxLifetime = MAX_LIFETIME): DatabaseDriver {
  const problem = parameterProblem(config.databaseUrl.reveal());
  if (problem !== undefined) throw new Error(`The URL of the database ${problem}.`);
  const schema = new URL(config.databaseUrl.reveal()).searchParams.get('schema') ?? undefined;
  // Whoever the URL names at that moment, so a pool outlives the rotation of its password.
  const url = () => config.databaseUrl.reveal();
  const names = new StatementNames();
  const pool = new Pool({
    url,
    max: config.databasePoolSize,
    maxLifetimeSeconds: maxLifetime,
    connectTimeout: config.databaseConnectTimeout,
    answerTimeout: config.databaseStatementTimeout + LAST_RESORT,
    keepAlive: true,
    // Kept while they are idle: a new one takes several round trips, and the timer for each that is put back takes longer than putting it back.
    idleTimeoutMillis: 0,
    resultChanged: names.renew,
    ...(config.databasePgbouncer ? {} : limits(config.databaseStatementTimeout)),
  });
  // Without a listener, a connection that breaks while idle ends the process.
  pool.on('error', lost);
  const probe = new Pool({
    url,
    max: 1,
    connectTimeout: READINESS_TIMEOUT,
    answerTimeout: READINESS_TIMEOUT,
    idleTimeoutMillis: 60_000,
    resultChanged: names.renew,
  });
  probe.on('error', () => undefined);
  return {
    adapter: new PrismaPg(pool, {
      ...(schema === undefined ? {} : { schema }),
      // PgBouncer gives the next transaction another session, which may not know the name.
      ...(config.databasePgbouncer ? {} : { statementNameGenerator: names.nameOf }),
    }),
    pool: () => ({
      active: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waiting,
      limit: config.databasePoolSize,
    }),
    ping: async () => void (await probe.query('SELECT 1')),
    close: async () => {
      await Promise.all([pool.end(), probe.end()]);
    },
  };
}
