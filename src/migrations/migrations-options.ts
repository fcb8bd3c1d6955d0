import type { Database } from './database';
import type { SchemaEngine } from './schema-engine';

/**
 * What can be chosen about migrations and connections.
 */
export interface MigrationsOptions {
  /**
   * What makes migrations from models.
   *
   * @default SchemaEngine.WASM, and SchemaEngine.NATIVE on MySQL
   */
  readonly schemaEngine?: SchemaEngine;

  /**
   * Connections the database accepts. Pool size times the most replicas of all processes must fit below it.
   *
   * @default - 100 on PostgreSQL and 151 on MySQL, which are their defaults
   * @see https://www.postgresql.org/docs/current/runtime-config-connection.html
   * @see https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/system-variables/server-system-variables#max_connections
   */
  readonly connectionLimit?: number;

  /**
   * Whether deployed processes reach PostgreSQL through PgBouncer in transaction mode. Then they ask nothing of a session, which
   * is another's after each transaction; `MIGRATION_DATABASE_URL` must connect directly, and `connectionLimit` is what PgBouncer
   * accepts. It is the default of `DATABASE_PGBOUNCER`, and `false` in dev and test.
   *
   * @default false
   * @see https://www.pgbouncer.org/features.html
   */
  readonly pgbouncer?: boolean;

  /**
   * Whether there is a copy of the database that is only read: `app.replica` is a client for `DATABASE_REPLICA_URL`, and for the
   * database itself where that is not set. What was just written may not be there yet, so nothing is read from it by itself.
   *
   * @default false
   */
  readonly readReplica?: boolean;

  /**
   * Whether processes apply pending migrations when they start, each migration once however many start together. The role
   * of `DATABASE_URL` must then own the schema. Otherwise the one-off process `migrate` applies them, and the others wait.
   *
   * @default false
   */
  readonly migrateOnStart?: boolean;
}

/**
 * What can be chosen about the database.
 */
export interface PrismaMigrationsOptions extends MigrationsOptions {
  /**
   * The database.
   *
   * @default Database.POSTGRESQL
   */
  readonly database?: Database;
}
