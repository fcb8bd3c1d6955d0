import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createConnection, createPool, type Pool } from 'mariadb';
import { type Settings, settingsOf } from '../mysql-url/settings.js';
import { type DatabaseConfig, type DatabaseDriver, type OnConnectionLost, READINESS_TIMEOUT } from './types.js';

export function openDriver(config: DatabaseConfig, lost: OnConnectionLost): DatabaseDriver {
  const open = (url: string) =>
    createPool({
      ...settingsOf(url),
      prepareCacheLength: 0,
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
  const following = new FollowingPool(() => config.databaseUrl.reveal(), open, lost);
  return {
    adapter: new PrismaMariaDb(following.pool),
    pool: () => ({
      active: following.current.activeConnections(),
      idle: following.current.idleConnections(),
      waiting: following.current.taskQueueSize(),
      limit: config.databasePoolSize,
    }),
    ping: () => ping(settingsOf(config.databaseUrl.reveal())),
    close: () => following.close(),
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

async function ping(settings: Settings): Promise<void> {
  const connection = await createConnection({
    ...settings,
    prepareCacheLength: 0,
    connectTimeout: READINESS_TIMEOUT,
    socketTimeout: READINESS_TIMEOUT,
  });
  try {
    await connection.query('SELECT 1');
  } finally {
    connection.destroy();
  }
}

/** Milliseconds between two looks at whether a pool that was replaced has work in hand. */
const LOOK_EVERY = 100;

/**
 * A pool that follows the rotation of the password: the driver knows one login for each pool, so a new login gets a pool of its own,
 * and the one before ends when its last query has. To see whether there is a new one is to compare two texts.
 */
class FollowingPool {
  /** What the adapter asks of a pool, and no more. */
  readonly pool = {
    getConnection: () => this.current.getConnection(),
    query: (...args: Parameters<Pool['query']>) => this.current.query(...args),
    execute: (...args: Parameters<Pool['execute']>) => this.current.execute(...args),
  } as Pool;
  readonly #url: () => string;
  readonly #open: (url: string) => Pool;
  readonly #lost: OnConnectionLost;
  readonly #retired = new Set<Promise<void>>();
  #opened: string;
  #current: Pool;

  constructor(url: () => string, open: (url: string) => Pool, lost: OnConnectionLost) {
    this.#url = url;
    this.#open = open;
    this.#lost = lost;
    this.#opened = url();
    this.#current = this.#start();
  }

  get current(): Pool {
    const url = this.#url();
    if (url !== this.#opened) {
      const before = this.#current;
      this.#opened = url;
      this.#current = this.#start();
      const retired = this.#retire(before).finally(() => this.#retired.delete(retired));
      this.#retired.add(retired);
    }
    return this.#current;
  }

  async close(): Promise<void> {
    await Promise.all([this.#current.end(), ...this.#retired]);
  }

  #start(): Pool {
    const pool = this.#open(this.#opened);
    // Missing in the driver's types; without a listener, a server that cannot be reached ends the process.
    (pool as unknown as EventEmitter).on('error', this.#lost);
    return pool;
  }

  async #retire(pool: Pool): Promise<void> {
    while (pool.activeConnections() > 0 || pool.taskQueueSize() > 0) await sleep(LOOK_EVERY);
    await pool.end().catch(this.#lost);
  }
}
