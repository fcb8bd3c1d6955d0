import type pg from 'pg';
import type { Limits } from '../backup/database-interface.js';
import { Failure } from '../backup/failure.js';
import { connect, placeOf } from '../backup/postgresql/libpq.js';
import { formatLsn, parseLsn } from './wal.js';

/** The oldest that says where a replication slot is to whoever streams from it. */
const OLDEST = 15;

export interface Position {
  /** Where the log is still needed from; everything before it is in the archive. */
  readonly lsn: bigint;
  /** Whether the slot was made just now, so that what came before it may be missing. */
  readonly isNew: boolean;
}

export interface Heartbeat {
  /** The clock of the server. */
  readonly at: Date;
  /** Where the log was then. */
  readonly lsn: bigint;
}

/**
 * The server whose log is archived. Its replication slot is moved by hand, when the log up to there is in the store: until then the
 * server keeps it, so whatever happens to the process that archives, nothing is lost.
 */
export class ArchivedServer {
  static async open(url: string, slot: string, limits: Limits): Promise<ArchivedServer> {
    const client = await connect(url, limits);
    try {
      const { rows } = await client.query<Record<string, string>>(
        `SELECT current_setting('server_version_num')::int / 10000 AS version,
                pg_size_bytes(current_setting('wal_segment_size')) AS bytes, pg_is_in_recovery()::text AS standby,
                (SELECT system_identifier FROM pg_control_system())::text AS system`,
      );
      const { version = '', bytes = '', standby = '', system = '' } = rows[0] ?? {};
      if (Number(version) < OLDEST) {
        throw new Failure(
          `${placeOf(url)} has PostgreSQL ${version}. Its log can be archived from version ${OLDEST} on.`,
        );
      }
      if (standby === 'true') {
        throw new Failure(`${placeOf(url)} is a standby. Name the primary in BACKUP_REPLICATION_URL.`);
      }
      return new ArchivedServer(client, url, slot, { version: Number(version), system, segmentBytes: Number(bytes) });
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  readonly url: string;
  readonly version: number;
  /** What tells one database cluster from all others. */
  readonly system: string;
  readonly segmentBytes: number;
  readonly #client: pg.Client;
  readonly #slot: string;

  private constructor(
    client: pg.Client,
    url: string,
    slot: string,
    { version, system, segmentBytes }: { version: number; system: string; segmentBytes: number },
  ) {
    this.#client = client;
    this.url = url;
    this.#slot = slot;
    this.version = version;
    this.system = system;
    this.segmentBytes = segmentBytes;
  }

  /** Whether this connection now has an advisory lock; it ends with the connection. */
  async lock(key: number): Promise<boolean> {
    const [row] = await this.#rows('SELECT pg_try_advisory_lock($1)::text AS locked', key);
    return row?.['locked'] === 'true';
  }

  /** Where the log is needed from. A slot that the server has given up is made anew. */
  async position(): Promise<Position> {
    const [slot] = await this.#rows(
      `SELECT restart_lsn::text AS lsn, wal_status AS status FROM pg_replication_slots WHERE slot_name = $1`,
      this.#slot,
    );
    if (slot?.['lsn'] != null && slot['status'] !== 'lost') return { lsn: parseLsn(slot['lsn']), isNew: false };
    if (slot !== undefined) await this.#rows('SELECT pg_drop_replication_slot($1)', this.#slot);
    const [made] = await this.#rows(
      'SELECT lsn::text AS lsn FROM pg_create_physical_replication_slot($1, true)',
      this.#slot,
    );
    return { lsn: parseLsn(made?.['lsn'] ?? ''), isNew: true };
  }

  /**
   * Writes a transaction with nothing in it. So there is one after every moment that the archive says it has, and a recovery to that
   * moment finds where to stop.
   */
  async heartbeat(): Promise<Heartbeat> {
    const [beat] = await this.#rows(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at, pg_current_xact_id()::text AS id',
    );
    const [log] = await this.#rows('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    return { at: new Date(Number(beat?.['at'])), lsn: parseLsn(log?.['lsn'] ?? '') };
  }

  /** Lends a copy of the slot, which moves as the log is read from it. */
  async withCopy<T>(work: (slot: string) => Promise<T>): Promise<T> {
    const copy = `${this.#slot}_copy`;
    await this.#dropCopy(copy);
    await this.#rows('SELECT pg_copy_physical_replication_slot($1, $2)', this.#slot, copy);
    try {
      return await work(copy);
    } finally {
      await this.#dropCopy(copy).catch(() => undefined);
    }
  }

  /** Lets the server forget what is before this. */
  async advance(lsn: bigint): Promise<void> {
    await this.#rows('SELECT pg_replication_slot_advance($1, $2::pg_lsn)', this.#slot, formatLsn(lsn));
  }

  /** Bytes of the log that the server keeps for the archive. */
  async kept(): Promise<number> {
    const [row] = await this.#rows(
      `SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)), 0)::text AS bytes
       FROM pg_replication_slots WHERE slot_name = $1`,
      this.#slot,
    );
    return Number(row?.['bytes']);
  }

  /** Keeps the log from here on for as long as this connection lives. */
  async hold(): Promise<void> {
    await this.#rows(`SELECT pg_create_physical_replication_slot('backup_base_' || pg_backend_pid(), true, true)`);
  }

  async now(): Promise<Date> {
    const [row] = await this.#rows('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at');
    return new Date(Number(row?.['at']));
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #dropCopy(name: string): Promise<void> {
    await this.#rows('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', name);
  }

  async #rows(sql: string, ...values: readonly unknown[]): Promise<Record<string, string | undefined>[]> {
    return (await this.#client.query<Record<string, string>>(sql, [...values])).rows;
  }
}
