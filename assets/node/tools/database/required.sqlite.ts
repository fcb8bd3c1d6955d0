import { columnsOf } from './engine/redefined.js';
import type { FillRequired } from './required-interface.js';

const COPY = /INSERT INTO "new_([^"]+)" \(([^)]*)\) SELECT (.*) FROM/g;

/** What a row gets that has no value of its own, by type. */
const FILLERS: readonly (readonly [RegExp, string])[] = [
  [/^(INTEGER|BIGINT|REAL|DECIMAL|BOOLEAN)/, '0'],
  [/^DATETIME/, 'CURRENT_TIMESTAMP'],
  [/^JSON/, "'{}'"],
];

/** SQLite makes the table anew, and refuses the copy of rows that lack a value. */
export const fillRequired: FillRequired = (sql, tables) => {
  const losses: string[] = [];
  const filled = sql.replaceAll(COPY, (_, table: string, names: string, values: string) => {
    const target = [names];
    let source = values;
    const old = columnsOf(table, tables);
    for (const [column, type] of columnsOf(`new_${table}`, sql)) {
      if (!/ NOT NULL/.test(type) || /DEFAULT|AUTOINCREMENT|PRIMARY KEY/.test(type)) continue;
      const filler = FILLERS.find(([pattern]) => pattern.test(type))?.[1] ?? "''";
      if (!names.includes(`"${column}"`)) {
        target.push(`"${column}"`);
        source += `, ${filler}`;
        losses.push(`column \`${column}\` of \`${table}\` comes back as ${filler} in the rows that are there`);
      } else if (!/ NOT NULL/.test(old.get(column) ?? ' NOT NULL')) {
        source = source.replace(new RegExp(`(^|, )"${column}"`), `$1coalesce("${column}", ${filler})`);
        losses.push(`column \`${column}\` of \`${table}\` becomes ${filler} where it is empty`);
      }
    }
    return `INSERT INTO "new_${table}" (${target.join(', ')}) SELECT ${source} FROM`;
  });
  return { sql: filled, losses };
};
