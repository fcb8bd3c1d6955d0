import type { EventEmitter } from 'node:events';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createConnection, createPool, type PoolConfig } from 'mariadb';
import { type DatabaseConfig, type DatabaseDriver, type OnConnectionLost, READINESS_TIMEOUT } from './types.js';

export function openDriver(config: DatabaseConfig, lost: OnConnectionLost): DatabaseDriver {
  const settings = settingsOf(config.databaseUrl.reveal());
  const pool = createPool({
    ...settings,
    connectionLimit: config.databasePoolSize,
    connectTimeout: config.databaseConnectTimeout,
    acquireTimeout: config.databaseConnectTimeout,
    // Also bounds a server that is gone without a word.
    socketTimeout: config.databaseStatementTimeout + 1_000,
    initSql: [READ_COMMITTED, limits(config.databaseStatementTimeout)],
    // With 0 the driver never connects.
    minimumIdle: 1,
    idleTimeout: 60,
  });
  // Missing in the driver's types; without a listener, a server that cannot be reached ends the process.
  (pool as unknown as EventEmitter).on('error', lost);
  return {
    adapter: new PrismaMariaDb(pool),
    pool: () => ({
      active: pool.activeConnections(),
      idle: pool.idleConnections(),
      waiting: pool.taskQueueSize(),
      limit: config.databasePoolSize,
    }),
    ping: () => ping(settings),
    close: () => pool.end(),
  };
}

/** As on PostgreSQL. The default, REPEATABLE READ, locks gaps, and in MariaDB 11 refuses rows changed since the first read. */
const READ_COMMITTED = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';

/** MariaDB and MySQL each have a limit that the other does not know: comments that only one of them reads. */
function limits(timeout: number): string {
  const seconds = timeout / 1000;
  return `SET SESSION innodb_lock_wait_timeout = ${Math.ceil(seconds)}
    /*M!100000 , SESSION max_statement_time = ${seconds} */ /*!50708 , SESSION max_execution_time = ${timeout} */`;
}

async function ping(settings: PoolConfig): Promise<void> {
  const connection = await createConnection({
    ...settings,
    connectTimeout: READINESS_TIMEOUT,
    socketTimeout: READINESS_TIMEOUT,
  });
  try {
    await connection.query('SELECT 1');
  } finally {
    connection.destroy();
  }
}

function settingsOf(text: string): PoolConfig {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    allowPublicKeyRetrieval: true,
    prepareCacheLength: 0,
  };
}
