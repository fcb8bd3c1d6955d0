import pg from 'pg';

/** Where the server finds that the columns of a prepared statement have another type by now; its SQLSTATE has other meanings too. */
const RESULT_CHANGED = 'RevalidateCachedQuery';

/** A connection that knows since when the server owes it an answer. */
export class Connection extends pg.Client {
  #owedSince: number | undefined;

  constructor(config: pg.ClientConfig, resultChanged: () => void) {
    super(config);
    // Of a query that was queued behind another one, the time begins with that one: they fail together.
    this.on('drain', () => {
      this.#owedSince = undefined;
    });
    this.connection.on('errorMessage', ({ routine }: pg.DatabaseError) => {
      if (routine === RESULT_CHANGED) resultChanged();
    });
  }

  override query(...args: never[]): never {
    this.#owedSince ??= performance.now();
    return super.query(...(args as unknown as [never])) as never;
  }

  /** Ends a connection whose server has said nothing for that many milliseconds; what was asked on it fails. */
  endIfSilentFor(limit: number): void {
    if (this.#owedSince !== undefined && performance.now() - this.#owedSince > limit) void this.end();
  }
}
