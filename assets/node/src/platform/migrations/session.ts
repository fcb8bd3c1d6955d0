/** One connection to a database, as the runner needs it; each provider's driver makes one. */
export interface Session {
  /** Whether a failed migration leaves nothing behind. */
  readonly transactionalDdl: boolean;
  /** An SQL expression for the current time, in the type of Prisma's columns. */
  readonly now: string;
  /** Where the database is, without credentials. */
  readonly place: string;
  /** Whether a pooler stands in between, so that a lock may be another's at the next statement. */
  readonly pooled?: boolean;
  /** Prepends what finds a table of ours whatever a migration did to the session. */
  table(name: string): string;
  /** The statement that creates Prisma's table, exactly as Prisma does, and the one for ours. */
  readonly create: { readonly history: string; readonly journal: string };
  /** Runs one statement; parameters are written `?`. */
  query(sql: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** Runs a script of any number of statements. */
  script(sql: string): Promise<void>;
  transaction<T>(work: () => Promise<T>): Promise<T>;
  tableExists(name: string): Promise<boolean>;
  /** Takes from everybody but a table's owner what they were given to write it, where a database can. */
  keepToOwner?(table: string): Promise<void>;
  /** Waits until no other runner is at work; `false` if that took too long. */
  lock(timeout: number): Promise<boolean>;
  /** Sets the session back to how it began, after a migration may have changed it. */
  reset(): Promise<void>;
  /** Lifts the limits for a statement that waits for others and holds up none of them. */
  unbounded?(): Promise<void>;
  /** Makes a statement that a killed runner began repeatable; `true` if it turns out to be done. */
  repair(statement: string): Promise<boolean>;
  /** Whether an error means that the thing to make is there, or the thing to drop is gone. */
  alreadyDone(error: unknown): boolean;
  close(): Promise<void>;
}

export type Parameter = string | number | null;
export type Row = Record<string, unknown>;

export interface SessionOptions {
  /** Milliseconds that one statement may wait for a lock held by the running service. */
  readonly lockTimeout: number;
  /** Milliseconds that one statement may take; 0 is for ever. */
  readonly statementTimeout: number;
  readonly connectTimeout: number;
}

/** Opens a connection; the name and schemes are of the provider this service was made for. */
export interface Driver {
  readonly provider: 'postgresql' | 'mysql' | 'sqlite';
  readonly schemes: readonly string[];
  open(url: string, options: SessionOptions): Promise<Session>;
}
