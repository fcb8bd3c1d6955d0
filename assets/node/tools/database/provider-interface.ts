/** A database that is there for as long as it is held. */
export interface HeldDatabase {
  readonly url: string;
  release(): Promise<void>;
}

/** What the tools need to know about one kind of database. */
export interface Provider {
  /** The service's own development database, where DATABASE_URL names no other. */
  holdDevelopmentDatabase(): Promise<HeldDatabase>;
  /** The URL of the database with that name beside the one at `url`. */
  beside(url: string, name: string): string;
  /** Creates an empty database beside the one at `url`, and answers its URL. */
  create(url: string, name: string): Promise<string>;
  /** The same as a copy of `template`, which nobody is connected to; absent where there is no such thing. */
  clone?(template: string, name: string): Promise<string>;
  /** Names of the databases beside the one at `url`. */
  names(url: string): Promise<string[]>;
  drop(url: string): Promise<unknown>;
  /** Removes everything in the database. */
  empty(url: string): Promise<void>;
  /** The schema as sorted lines, without what a repetition may change, such as the order of columns. */
  describe(url: string): Promise<string[]>;
}
