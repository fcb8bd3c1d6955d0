import { driver } from '../../src/platform/migrations/driver.js';
import type { Session } from '../../src/platform/migrations/session.js';
import { statementsOf } from './lint/source.js';

const KEYS = {
  postgresql: `SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND i.indrelid = (SELECT oid FROM pg_class WHERE relname = ? AND relkind = 'r' LIMIT 1)`,
  mysql: `SELECT column_name AS name FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND table_name = ? AND constraint_name = 'PRIMARY'`,
  sqlite: 'SELECT name FROM pragma_table_info(?) WHERE pk > 0',
};

/** Statements that remove the rows which a migration inserts by itself, where its text says which those are. */
export async function removalOfRows(sql: string, before: Session, after: Session): Promise<string[]> {
  const inserted = statementsOf(sql).filter(({ code }) => /^insert\b/i.test(code));
  const tables = new Set(inserted.flatMap(({ table }) => (table === undefined ? [] : [table])));
  const removals: string[] = [];
  for (const table of tables) {
    if (!(await before.tableExists(table))) continue;
    const keys = await keysOf(after, table);
    if (keys.join() !== (await keysOf(before, table)).join()) continue;
    const known = new Set(await conditions(before, table, keys, sql));
    const brought = (await conditions(after, table, keys, sql)).filter((condition) => !known.has(condition));
    removals.push(...brought.map((condition) => `DELETE FROM ${quoted(table)} WHERE ${condition};`));
  }
  return removals;
}

async function keysOf(session: Session, table: string): Promise<string[]> {
  const rows = await session.query(KEYS[driver.provider], [table]);
  return rows.map((row) => String(row['name'])).sort();
}

/** What tells each row from the others, if the migration's text has it: keys that the database makes up differ elsewhere. */
async function conditions(session: Session, table: string, keys: readonly string[], sql: string): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await session.query(`SELECT ${keys.map(quoted).join(', ')} FROM ${quoted(table)}`);
  return rows
    .filter((row) => keys.every((key) => sql.includes(literal(row[key]))))
    .map((row) => keys.map((key) => `${quoted(key)} = ${literal(row[key])}`).join(' AND '));
}

function literal(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : `'${String(value).replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return driver.provider === 'mysql' ? `\`${name}\`` : `"${name}"`;
}
