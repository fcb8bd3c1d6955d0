/**
 * What `db:check` objects to in a new migration, unless it is waived with a reason.
 */
export enum MigrationRule {
  /** The way forth removes data: a dropped table, column or enum value. */
  DATA_LOSS = 'data-loss',
  /** The way back is missing, or it removes data that the way forth brought. */
  IRREVERSIBLE = 'irreversible',
  /** A statement holds a lock for as long as the table is large, so requests wait or fail meanwhile. */
  LOCKING = 'locking',
  /** The previous release of the service cannot run on the new schema, as it does during a rolling update. */
  INCOMPATIBLE = 'incompatible',
}
