import type { ServiceProblem } from '../service';
import { Database } from './database';
import type { MigrationsOptions } from './migrations-options';
import { SchemaEngine } from './schema-engine';

/**
 * Options that the database cannot honour.
 */
export function databaseOptionProblems(database: Database, options: MigrationsOptions): ServiceProblem[] {
  const problems: ServiceProblem[] = [];
  if (options.schemaEngine === SchemaEngine.WASM && database === Database.MYSQL) {
    problems.push({
      place: 'schemaEngine',
      message: 'the WebAssembly engine has no MySQL connector',
      value: options.schemaEngine,
      fix: 'drop schemaEngine: MySQL takes the native engine',
    });
  }
  if (options.pgbouncer && database !== Database.POSTGRESQL) {
    problems.push({
      place: 'pgbouncer',
      message: `PgBouncer stands in front of PostgreSQL, not of ${database}`,
      value: true,
      fix: 'drop pgbouncer',
    });
  }
  if (options.pgbouncer && options.migrateOnStart) {
    problems.push({
      place: 'migrateOnStart',
      message: 'only the process migrate connects directly, and the lock of migrations does not hold through PgBouncer',
      value: true,
      fix: 'drop migrateOnStart: the process migrate applies what is pending',
    });
  }
  if (options.readReplica && database === Database.SQLITE) {
    problems.push({
      place: 'readReplica',
      message: 'SQLite is a file of the process and has no replicas',
      value: true,
      fix: 'drop readReplica',
    });
  }
  return problems;
}
