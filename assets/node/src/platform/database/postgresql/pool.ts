import pg from 'pg';
import { Connection } from './connection.js';

export interface PoolOptions extends pg.PoolConfig {
  /** Where a connection leads that is made at that moment. */
  readonly url: () => string;
  /** Milliseconds a query waits for a connection, be it a new one or one that is in use. */
  readonly connectTimeout: number;
  /** Milliseconds without an answer after which a connection is given up, with what was asked on it. */
  readonly answerTimeout: number;
  /** Told that a prepared statement does not fit the schema any more. */
  readonly resultChanged: () => void;
}

type OnConnection = (error: Error | undefined, client: pg.PoolClient | undefined, release: () => void) => void;

interface Waiting {
  readonly since: number;
  /** Missing once it was called. */
  callback: OnConnection | undefined;
}

/** Milliseconds. Limits are kept to within as much. */
const CHECK_EVERY = 100;

/**
 * A pool in which one timer looks after all limits. pg has two for each query, one for the wait for a connection and one for the wait
 * for the answer, and they cost a tenth of what a short query does.
 */
export class Pool extends pg.Pool {
  readonly #connections = new Set<Connection>();
  readonly #timer: NodeJS.Timeout;
  readonly #connectTimeout: number;
  /** The first to come is the first; those that have got their connection stay until the next check. */
  #waiting: Waiting[] = [];

  constructor({ url, connectTimeout, answerTimeout, resultChanged, ...options }: PoolOptions) {
    super({
      ...options,
      Client: class extends Connection {
        constructor(config?: pg.ClientConfig) {
          // Not an option of the pool, which would make a timer for each wait of it.
          super({ ...config, connectionString: url(), connectionTimeoutMillis: connectTimeout }, resultChanged);
        }
      },
    });
    this.#connectTimeout = connectTimeout;
    this.on('connect', (client) => this.#connections.add(client as unknown as Connection));
    this.on('remove', (client) => this.#connections.delete(client as unknown as Connection));
    this.#timer = setInterval(() => {
      this.#giveUpWaiting();
      for (const connection of this.#connections) connection.endIfSilentFor(answerTimeout);
    }, CHECK_EVERY).unref();
  }

  /** Queries that wait for a connection. */
  get waiting(): number {
    return this.#waiting.filter(({ callback }) => callback !== undefined).length;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: OnConnection): void;
  override connect(callback?: OnConnection): unknown {
    if (callback) return this.#connect(callback);
    return new Promise((resolve, reject) => {
      this.#connect((error, client) => (client ? resolve(client) : reject(error)));
    });
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): unknown {
    clearInterval(this.#timer);
    return callback ? super.end(callback) : super.end();
  }

  #connect(callback: OnConnection): void {
    const waiting: Waiting = { since: performance.now(), callback };
    this.#waiting.push(waiting);
    super.connect((error, client, release) => {
      const { callback: wanted } = waiting;
      waiting.callback = undefined;
      // Whoever wanted it was told meanwhile that there is none.
      if (wanted === undefined) release();
      else wanted(error, client, release);
    });
  }

  #giveUpWaiting(): void {
    const now = performance.now();
    this.#waiting = this.#waiting.filter((waiting) => {
      const { callback, since } = waiting;
      if (callback === undefined) return false;
      if (now - since < this.#connectTimeout) return true;
      waiting.callback = undefined;
      callback(new Error('timeout exceeded when trying to connect'), undefined, () => undefined);
      return false;
    });
  }
}
