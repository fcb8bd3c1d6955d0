import Database from 'libsql';
import { fileOf } from '../../src/platform/sqlite-url/file.js';
import type { DatabaseObject } from './objects-interface.js';

const QUERY = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')";

/** Views and triggers, as they were written. */
export async function objectsOf(url: string): Promise<DatabaseObject[]> {
  const database = new Database(fileOf(url));
  try {
    const rows = database.prepare(QUERY).all() as { type: 'view' | 'trigger'; name: string; sql: string }[];
    return rows.map(({ type: kind, name, sql }) => ({
      kind,
      name,
      definition: sql,
      create: `${sql};`,
      drop: `DROP ${kind.toUpperCase()} "${name}";`,
    }));
  } finally {
    database.close();
  }
}
