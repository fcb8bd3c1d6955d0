/** A way back that works on tables with rows, and in words what it makes up for them. */
export interface Filled {
  readonly sql: string;
  readonly losses: readonly string[];
}

/**
 * Columns that must have a value, and come back to rows that have none, are filled; the file says with what.
 *
 * @param sql a way back as the engine wrote it
 * @param tables the CREATE TABLE statements of what is there before it runs, for the types of columns
 */
export type FillRequired = (sql: string, tables: string) => Filled;
