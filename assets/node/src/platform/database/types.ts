import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Secret } from '../config/secret.js';

/** What the database module reads of the configuration; durations are milliseconds. */
export interface DatabaseConfig {
  readonly databaseUrl: Secret<string>;
  /** Connections of this process. Times the number of replicas it must stay below what the server allows. */
  readonly databasePoolSize: number;
  /** How long a request waits for a connection, be it a new one or one that is in use. */
  readonly databaseConnectTimeout: number;
  readonly databaseStatementTimeout: number;
  /** Whether the URL leads through PgBouncer, which gives each transaction another session. */
  readonly databasePgbouncer?: boolean;
  /** A copy that is only read. */
  readonly databaseReplicaUrl?: Secret<string> | undefined;
  /** Whether this process applies pending migrations when it starts. A process of its own does where this is false. */
  readonly migrateOnStart?: boolean | undefined;
  /** Of the role that owns the schema, where that is another one. */
  readonly migrationDatabaseUrl?: Secret<string> | undefined;
  readonly migrationLockTimeout?: number | undefined;
  readonly migrationStatementTimeout?: number | undefined;
  readonly migrationWaitTimeout?: number | undefined;
}

/** What a pool counts. */
export interface PoolState {
  readonly active: number;
  readonly idle: number;
  readonly waiting: number;
  readonly limit: number;
}

/** One kind of database, opened. Nothing connects before the first query. */
export interface DatabaseDriver {
  readonly adapter: SqlDriverAdapterFactory;
  /** Throws unless the database answers soon, on a connection of its own: a busy pool is not a dead database. */
  ping(): Promise<void>;
  /** Missing where there is no pool. */
  pool?(): PoolState;
  close(): Promise<void>;
}

/** Told of connections that broke while nobody used them. */
export type OnConnectionLost = (error: Error) => void;

/** What each provider's driver file exports as `openDriver`. */
export type OpenDriver = (config: DatabaseConfig, lost: OnConnectionLost) => DatabaseDriver;

/** Milliseconds in which the database must answer for the service to be ready. */
export const READINESS_TIMEOUT = 2_000;
