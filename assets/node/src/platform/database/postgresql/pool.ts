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
  /** What pg-pool calls. */
  readonly granted: OnConnection;
}

/** Milliseconds. Limits are kept to within as much. */
const CHECK_EVERY = 100;

/**
 * A pool in which one timer looks after all limits. pg has two for each query, one for the wait for a connection and one for the wait
 * for the answer, and they cost a tenth of what a short query does.
 */
export class Pool extends pg.Pool {
  /** pg-pool's own, not part of its interface. Those that it goes on to keep get a connection in turn, and put it back. */
  declare _pendingQueue: readonly { readonly callback: OnConnection }[] | undefined;
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
      this.#giveUpAfter(this.#connectTimeout, 'timeout exceeded when trying to connect');
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

  /** Waits for the connections that are in use, each at most until its server has been silent for too long. */
  override async end(callback?: () => void): Promise<void> {
    const ended = super.end();
    this.#giveUpAfter(0, 'the pool was ended');
    await ended;
    clearInterval(this.#timer);
    callback?.();
  }

  #connect(callback: OnConnection): void {
    const waiting: Waiting = {
      since: performance.now(),
      callback,
      granted: (error, client, release) => {
        const { callback: wanted } = waiting;
        waiting.callback = undefined;
        if (wanted) wanted(error, client, release);
        // Nobody wants it any more. Not at once: pg-pool would call the next one from within this call, and so on.
        else process.nextTick(release);
      },
    };
    this.#waiting.push(waiting);
    super.connect(waiting.granted);
  }

  /** Those that pg-pool keeps in its queue leave it: no connection is made for them. */
  #giveUpAfter(longest: number, reason: string): void {
    const now = performance.now();
    const waiting = this.#waiting.filter(({ callback }) => callback !== undefined);
    this.#waiting = waiting.filter(({ since }) => now - since < longest);
    const over = waiting.filter(({ since }) => now - since >= longest);
    if (over.length === 0) return;
    const gone = new Set(over.map(({ granted }) => granted));
    this._pendingQueue = this._pendingQueue?.filter(({ callback }) => !gone.has(callback));
    for (const each of over) {
      const { callback } = each;
      each.callback = undefined;
      callback?.(new Error(reason), undefined, () => undefined);
    }
  }
}
