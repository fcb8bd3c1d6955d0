import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';

/** A database as Prisma's schema engine needs it. */
export interface Connector {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  /** The database's name, for a message. */
  readonly name: string;
  exists(): Promise<boolean>;
  create(): Promise<void>;
  drop(): Promise<void>;
  /** What the engine takes for granted before a command that reads the history; absent if it makes it itself. */
  prepareHistory?(): Promise<void>;
  /** Replaces the engine's own reset where that leaves things behind. */
  reset?(): Promise<void>;
}

export interface ConnectorOptions {
  readonly url: string;
  /** A database that may be emptied; without it one is created and dropped. */
  readonly shadowUrl: string | undefined;
}
