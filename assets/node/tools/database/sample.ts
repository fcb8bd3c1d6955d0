import { driver } from '../../src/platform/migrations/driver.js';
import type { Session } from '../../src/platform/migrations/session.js';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

const COLUMNS = {
  postgresql: `SELECT c.relname AS "table", a.attname AS name,
      CASE WHEN t.typtype = 'e' THEN format('enum_first(NULL::%s)', t.oid::regtype) ELSE format_type(a.atttypid, NULL) END AS type
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND a.attidentity <> 'a'`,
  mysql: `SELECT table_name AS \`table\`, column_name AS name, column_type AS type FROM information_schema.columns
    WHERE table_schema = DATABASE() AND extra NOT LIKE '%GENERATED%'
      AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE')`,
  sqlite: `SELECT m.name AS "table", c.name AS name, c.type AS type
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
};

/** The same value for every column of a type, so that whatever refers to another row finds it. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/\[\]$/, "'{}'"],
  [/^bool|^tinyint\(1\)/i, driver.provider === 'postgresql' ? 'false' : '0'],
  [/int|numeric|decimal|double|real|float|money/i, '7'],
  [/^(timestamp|datetime|date)/i, "'2020-01-02 03:04:05'"],
  [/^time/i, "'03:04:05'"],
  // In MariaDB, JSON is a LONGTEXT with a check.
  [/json|longtext/i, "'{}'"],
  [/^uuid/i, "'00000000-0000-4000-8000-000000000000'"],
];

/** Puts one row into every table that takes one, and answers which those are. */
export async function fillWithSamples(session: Session): Promise<string[]> {
  const tables = new Map<string, Column[]>();
  for (const row of await session.query(COLUMNS[driver.provider])) {
    const column = { table: String(row['table']), name: String(row['name']), type: String(row['type']) };
    if (/^_(prisma_migrations|migration_journal)$/.test(column.table)) continue;
    tables.set(column.table, [...(tables.get(column.table) ?? []), column]);
  }
  const filled: string[] = [];
  // What refers to another table comes after it, in whatever order they are listed.
  for (let progress = true; progress; ) {
    progress = false;
    for (const [table, columns] of tables) {
      if (filled.includes(table) || !(await insert(session, table, columns))) continue;
      filled.push(table);
      progress = true;
    }
  }
  return filled;
}

async function insert(session: Session, table: string, columns: readonly Column[]): Promise<boolean> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const values = columns.map(({ type }) => sampleOf(type)).join(', ');
  try {
    await session.script(`INSERT INTO ${quoted(table)} (${names}) VALUES (${values})`);
    return true;
  } catch {
    return false;
  }
}

function sampleOf(type: string): string {
  if (type.startsWith('enum_first')) return type;
  const first = /^enum\(('(?:[^']|'')*')/i.exec(type)?.[1];
  return first ?? VALUES.find(([pattern]) => pattern.test(type))?.[1] ?? "'x'";
}

/** The rows of a table, each a text per column. */
export async function rowsOf(session: Session, table: string): Promise<Map<string, string>[]> {
  const rows = await session.query(`SELECT * FROM ${quoted(table)}`);
  return rows.map((row) => new Map(Object.entries(row).map(([name, value]) => [name, String(JSON.stringify(value))])));
}

function quoted(name: string): string {
  return driver.provider === 'mysql' ? `\`${name}\`` : `"${name}"`;
}
