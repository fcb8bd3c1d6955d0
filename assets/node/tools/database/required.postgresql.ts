import { columnsOf } from './engine/redefined.js';
import type { FillRequired } from './required-interface.js';

const ADDED = /ADD COLUMN\s+("[^"]+") ((?!\w*SERIAL)[^;\n]*?) NOT NULL(?=[,;]?$)/gm;
const TIGHTENED = /ALTER COLUMN\s+("[^"]+") SET NOT NULL/g;

/** What a row gets that has no value of its own, by type. */
const FILLERS: readonly (readonly [RegExp, string])[] = [
  [/^(TEXT|VARCHAR|CHAR|CITEXT|BYTEA|XML)/, "''"],
  [/^(SMALLINT|INTEGER|BIGINT|DECIMAL|DOUBLE|REAL|MONEY|OID)/, '0'],
  [/^BOOLEAN/, 'false'],
  [/^(TIMESTAMP|DATE|TIME)/, 'CURRENT_TIMESTAMP'],
  [/^JSON/, "'{}'"],
  [/^UUID/, 'gen_random_uuid()'],
];

/** PostgreSQL refuses a required column without values as soon as there are rows. */
export const fillRequired: FillRequired = (sql, tables) => {
  const losses: string[] = [];
  const filled = sql.split(/(?<=;\n)/).map((statement) => {
    const table = /ALTER TABLE (\S+)/.exec(statement)?.[1];
    if (table === undefined) return statement;
    const before = [...statement.matchAll(TIGHTENED)].flatMap(([, column = '']) => {
      const filler = defaultIn(statement, column) ?? fillerOf(typeIn(columnsOf(bare(table), tables).get(bare(column))));
      if (filler === undefined) return [];
      losses.push(`column \`${bare(column)}\` of \`${bare(table)}\` becomes ${filler} where it is empty`);
      return [`UPDATE ${table} SET ${column} = ${filler} WHERE ${column} IS NULL;\n`];
    });
    const after: string[] = [];
    const text = statement.replaceAll(ADDED, (_, column: string, type: string) => {
      const filler = fillerOf(type);
      after.push(`ALTER TABLE ${table} ALTER COLUMN ${column} DROP DEFAULT;\n`);
      losses.push(
        `column \`${bare(column)}\` of \`${bare(table)}\` comes back as ${filler} in the rows that are there`,
      );
      return `ADD COLUMN ${column} ${type} NOT NULL DEFAULT ${filler}`;
    });
    return [...before, text, ...after].join('');
  });
  return { sql: filled.join(''), losses };
};

/** What the column's own default will be, unless it has another type by then. */
function defaultIn(statement: string, column: string): string | undefined {
  if (statement.includes(`ALTER COLUMN ${column} SET DATA TYPE`)) return undefined;
  const [, value] = statement.split(`ALTER COLUMN ${column} SET DEFAULT `);
  return value === undefined ? undefined : /^(.*?)[,;]?$/m.exec(value)?.[1];
}

/** The type at the beginning of a column's definition. */
function typeIn(definition: string | undefined): string | undefined {
  return definition?.replace(/ (NOT NULL|DEFAULT)\b.*$/, '');
}

function fillerOf(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (type.endsWith('[]')) return "'{}'";
  return FILLERS.find(([pattern]) => pattern.test(type))?.[1] ?? `enum_first(NULL::${type})`;
}

/** The last name of `"schema"."table"`, without its quotes. */
function bare(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('"', '');
}
