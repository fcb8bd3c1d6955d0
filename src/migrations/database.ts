/**
 * The database a service keeps its data in.
 */
export enum Database {
  /** PostgreSQL; development and tests run an embedded one from the npm registry. */
  POSTGRESQL = 'postgresql',
  /** MySQL or MariaDB; development and tests need a server that `DATABASE_URL` names. */
  MYSQL = 'mysql',
  /** SQLite, in a file. One process at a time writes: for small services on one machine. */
  SQLITE = 'sqlite',
  /** None: the service keeps no data of its own. */
  NONE = 'none',
}
