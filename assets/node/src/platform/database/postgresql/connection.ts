import pg from 'pg';
import { isNamedStatement, type NamedStatement, type OnResult, Statement } from './statement.js';

/** Where the server finds that the columns of a prepared statement have another type by now; its SQLSTATE has other meanings too. */
const RESULT_CHANGED = 'RevalidateCachedQuery';

/** A connection that knows since when the server owes it an answer. */
export class Connection extends pg.Client {
  #owedSince: number | undefined;

  constructor(config: pg.ClientConfig, resultChanged: () => void) {
    super(config);
    // Before pg hands the connection to whoever waits for it, who asks at once: only where nobody does is there a 'drain'.
    this.connection.on('readyForQuery', () => {
      if (this.#owedSince !== undefined) this.#owedSince = performance.now();
    });
    this.on('drain', () => {
      this.#owedSince = undefined;
    });
    this.connection.on('errorMessage', ({ routine }: pg.DatabaseError) => {
      if (routine === RESULT_CHANGED) resultChanged();
    });
  }

  /** Called in many ways; by Prisma with a statement alone, and by the pool with a callback behind it. */
  override query(...args: never[]): never {
    this.#owedSince ??= performance.now();
    const [query, , callback] = args as unknown as [unknown, unknown, OnResult | undefined];
    const result = isNamedStatement(query) ? this.#run(query, callback) : super.query(...(args as unknown as [never]));
    return result as never;
  }

  #run(query: NamedStatement, callback: OnResult | undefined): unknown {
    if (callback) return super.query(new Statement(query, callback));
    return new Promise((resolve, reject) => {
      super.query(new Statement(query, (error, result) => (error ? reject(error) : resolve(result))));
    });
  }

  /** The server owes the end of the connection too. */
  override end(...args: never[]): never {
    this.#owedSince ??= performance.now();
    return super.end(...(args as unknown as [never])) as never;
  }

  /** Cuts a connection whose server has said nothing for that many milliseconds; what was asked on it fails. */
  endIfSilentFor(limit: number): void {
    if (this.#owedSince === undefined || performance.now() - this.#owedSince <= limit) return;
    void super.end();
    this.connection.stream.destroy();
  }
}
