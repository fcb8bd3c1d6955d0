import { driver } from '../../src/platform/migrations/driver.js';
import type { Session } from '../../src/platform/migrations/session.js';

const ADDED = /^ALTER TYPE ("[^"]+") ADD VALUE ('(?:[^']|'')*');\n?/gm;

const LABELS = `SELECT e.enumlabel AS label FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
  WHERE t.typname = ? ORDER BY e.enumsortorder`;

const COLUMNS = `SELECT c.oid::regclass::text AS owner, quote_ident(a.attname) AS name, t.typname <> ? AS list,
    pg_get_expr(d.adbin, d.adrelid) AS fallback
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped AND t.typname IN (?, ?) ORDER BY 1, 2`;

/**
 * PostgreSQL does not let a value be used in the transaction that adds it to an enum, for instance as a default: such an
 * enum is made anew, with every column of it.
 */
export async function usableEnumValues(sql: string, before: Session, after: Session): Promise<string> {
  if (driver.provider !== 'postgresql') return sql;
  const rest = sql.replaceAll(ADDED, '');
  const used = [...sql.matchAll(ADDED)].filter(([, , value = '']) => rest.includes(value));
  let result = sql;
  for (const type of new Set(used.map(([, name = '']) => name))) {
    const anew = await madeAnew(type, before, after);
    let first = true;
    result = result.replaceAll(ADDED, (statement, name: string) => {
      if (name !== type) return statement;
      const text = first ? anew : '';
      first = false;
      return text;
    });
  }
  return result;
}

async function madeAnew(type: string, before: Session, after: Session): Promise<string> {
  const name = type.slice(1, -1);
  const old = `"${name}_old"`;
  const labels = await before.query(LABELS, [name]);
  const columns = await after.query(COLUMNS, [name, name, `_${name}`]);
  const values = labels.map(({ label }) => `'${String(label).replaceAll("'", "''")}'`).join(', ');
  return [
    `ALTER TYPE ${type} RENAME TO ${old};`,
    `CREATE TYPE ${type} AS ENUM (${values});`,
    ...columns.flatMap(({ owner, name: column, list, fallback }) => {
      const alter = `ALTER TABLE ${owner} ALTER COLUMN ${column}`;
      const target = `${type}${list === true ? '[]' : ''}`;
      const change = `${alter} TYPE ${target} USING (${column}::text::${target});`;
      return fallback === null ? [change] : [`${alter} DROP DEFAULT;`, change, `${alter} SET DEFAULT ${fallback};`];
    }),
    `DROP TYPE ${old};\n`,
  ].join('\n');
}
