import type { Duration } from '../../service';

/**
 * A PostgreSQL login that Vault makes for each process and takes away again.
 */
export interface VaultDatabaseLogin {
  /**
   * The database, as a URL without a login, such as `postgresql://db.internal:5432/orders`.
   */
  readonly url: string;

  /**
   * The database role whose rights each login has.
   */
  readonly memberOf: string;

  /**
   * The database's name in Vault, as in `database/config/<name>`.
   */
  readonly connection: string;

  /**
   * The secret config variable that holds the URL.
   *
   * @default "DATABASE_URL"
   */
  readonly variable?: string;

  /**
   * Where the database engine is mounted.
   *
   * @default "database"
   */
  readonly mount?: string;

  /**
   * How long a login is valid; it is renewed when half of that is over. The other half is how long old and new are valid together,
   * so it must be longer than a connection lives.
   *
   * @default Duration.hours(2)
   */
  readonly lease?: Duration;

  /**
   * How long a login is renewed before another one takes over.
   *
   * @default Duration.days(1)
   */
  readonly longestLease?: Duration;
}
