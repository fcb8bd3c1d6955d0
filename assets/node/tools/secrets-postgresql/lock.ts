import pg from 'pg';
import { Failure } from '../secrets/failure.js';

/** Milliseconds to wait for somebody else's rotation. */
const PATIENCE = 8_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Lets one rotation at a time change a role. Roles belong to the server, and so does this lock, from whichever database it is taken;
 * an advisory lock would belong to one database. A comment on a role locks it until the end of the transaction and needs the same
 * rights as a new password does. The comment is never committed, so the role keeps the one it has.
 *
 * From PostgreSQL 16 on it keeps others from making members of the role. Logging in and new passwords do not wait for it.
 */
export class RoleLock {
  static async take(adminUrl: string, role: string, patience = PATIENCE): Promise<RoleLock> {
    const client = new pg.Client({
      connectionString: adminUrl,
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
    });
    // Lost, it is noticed by `confirm`.
    client.on('error', () => undefined);
    const lock = new RoleLock(client);
    try {
      await client.connect();
      await client.query('BEGIN');
      // The transaction idles while the store is written to. Not every version has every one of these.
      await client.query(
        `SELECT set_config(name, '0', true) FROM pg_settings
         WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`,
      );
      await client.query(`SET LOCAL lock_timeout = ${patience}`);
      await client.query(`COMMENT ON ROLE ${pg.escapeIdentifier(role)} IS 'being rotated'`);
      return lock;
    } catch (error) {
      await lock.release();
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new Failure(`Somebody else is rotating ${role} at this moment. Nothing is changed; try again later.`);
    }
  }

  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** Stops where it is lost, and so may be somebody else's. */
  async confirm(): Promise<void> {
    await this.#client.query('SELECT 1');
  }

  /** The server rolls back what a connection leaves open. */
  async release(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
