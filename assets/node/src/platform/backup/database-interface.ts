import type { Contents } from './manifest.js';

/** A database that is being read. */
export interface Source {
  readonly serverVersion: number;
  readonly clientVersion: number;
  /** What is in it; asked after the dump, since some databases cannot count and dump at one moment. */
  contents(): Promise<Contents>;
  /** The dump, checked while it passes; ends in an error where it is not whole. */
  dump(signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface Limits {
  readonly connectTimeout: number;
  /** Milliseconds to wait for a table that somebody else has locked. */
  readonly lockTimeout: number;
}

/** What the database of this service can do for its backups. */
export interface BackupDatabase {
  readonly kind: string;
  /** Opens it for a backup, and makes sure that no other one runs. */
  open(url: string, limits: Limits): Promise<Source>;
  /** Where a URL leads, without credentials. */
  placeOf(url: string): string;
  /** What is in a database. */
  contentsOf(url: string, limits: Limits): Promise<Contents>;
  /** Major versions of the server and of the program that restores. */
  versionsOf(url: string, limits: Limits): Promise<{ readonly server: number; readonly client: number }>;
  /** All of the dump or nothing of it. */
  restore(url: string, dump: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Removes everything that is in it. */
  empty(url: string, limits: Limits): Promise<void>;
}
