import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type DatabaseConfig, type DatabaseDriver, type OnConnectionLost, READINESS_TIMEOUT } from './types.js';

/** The server cuts a statement off first; only a server that is gone without a word leaves it to the client. */
const LAST_RESORT = 1_000;

/** PgBouncer refuses a connection that asks for these; there they are settings of the role. */
function limits(timeout: number) {
  return { statement_timeout: timeout, idle_in_transaction_session_timeout: timeout };
}

/** Every connection is made as whoever the URL names at that moment, so a pool outlives the rotation of its password. */
function clientOf({ databaseUrl }: DatabaseConfig): typeof pg.Client {
  return class extends pg.Client {
    constructor(options: pg.ClientConfig) {
      super({ ...options, connectionString: databaseUrl.reveal() });
    }
  };
}

/** Seconds after which a connection is replaced, so that a login that was rotated goes out of use. */
const MAX_LIFETIME = 1800;

export function openDriver(config: DatabaseConfig, lost: OnConnectionLost, maxLifetime = MAX_LIFETIME): DatabaseDriver {
  const schema = new URL(config.databaseUrl.reveal()).searchParams.get('schema') ?? undefined;
  const Client = clientOf(config);
  const pool = new pg.Pool({
    Client,
    maxLifetimeSeconds: maxLifetime,
    max: config.databasePoolSize,
    connectionTimeoutMillis: config.databaseConnectTimeout,
    query_timeout: config.databaseStatementTimeout + LAST_RESORT,
    keepAlive: true,
    ...(config.databasePgbouncer ? {} : limits(config.databaseStatementTimeout)),
  });
  // Without a listener, a connection that breaks while idle ends the process.
  pool.on('error', lost);
  const probe = new pg.Pool({
    Client,
    max: 1,
    connectionTimeoutMillis: READINESS_TIMEOUT,
    query_timeout: READINESS_TIMEOUT,
    idleTimeoutMillis: 60_000,
  });
  probe.on('error', () => undefined);
  return {
    adapter: new PrismaPg(pool, schema === undefined ? {} : { schema }),
    pool: () => ({
      active: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      limit: config.databasePoolSize,
    }),
    ping: async () => void (await probe.query('SELECT 1')),
    close: async () => {
      await Promise.all([pool.end(), probe.end()]);
    },
  };
}
