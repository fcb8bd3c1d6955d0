import { driver } from '../../src/platform/migrations/driver.js';

const ADDED = /ADD COLUMN\s+("[^"]+") ((?!\w*SERIAL)[^;\n]*?) NOT NULL(?=[,;]?$)/gm;

/** What a row gets that has no value of its own, by type. */
const FILLERS: readonly (readonly [RegExp, string])[] = [
  [/^(TEXT|VARCHAR|CHAR|CITEXT|BYTEA|XML)/, "''"],
  [/^(SMALLINT|INTEGER|BIGINT|DECIMAL|DOUBLE|REAL|MONEY|OID)/, '0'],
  [/^BOOLEAN/, 'false'],
  [/^(TIMESTAMP|DATE|TIME)/, 'CURRENT_TIMESTAMP'],
  [/^JSON/, "'{}'"],
  [/^UUID/, "'00000000-0000-0000-0000-000000000000'"],
];

/**
 * Required columns that come back have no values, which PostgreSQL refuses as soon as there are rows: they are filled, and
 * the file says with what.
 */
export function fillRequired(sql: string): { readonly sql: string; readonly losses: readonly string[] } {
  if (driver.provider !== 'postgresql') return { sql, losses: [] };
  const losses: string[] = [];
  const filled = sql.split(/(?<=;\n)/).map((statement) => {
    const table = /ALTER TABLE (\S+)/.exec(statement)?.[1];
    if (table === undefined) return statement;
    const columns: string[] = [];
    const text = statement.replaceAll(ADDED, (_, column: string, type: string) => {
      const filler = fillerOf(type);
      columns.push(column);
      losses.push(`column ${bare(column)} of ${bare(table)} comes back as ${filler} in the rows that are there`);
      return `ADD COLUMN ${column} ${type} NOT NULL DEFAULT ${filler}`;
    });
    return [text, ...columns.map((column) => `ALTER TABLE ${table} ALTER COLUMN ${column} DROP DEFAULT;\n`)].join('');
  });
  return { sql: filled.join(''), losses };
}

function fillerOf(type: string): string {
  if (type.endsWith('[]')) return "'{}'";
  return FILLERS.find(([pattern]) => pattern.test(type))?.[1] ?? `enum_first(NULL::${type})`;
}

function bare(name: string): string {
  return name.replaceAll('"', '`');
}
