import { splitStatements, summary, withoutComments } from '../../src/platform/migrations/statements.js';

const ROWS = /^(insert|update|delete|truncate|merge|replace|with)\b/i;

/** What a generated way back cannot do, in words for whoever runs it. */
export function remarksOn(forth: string, back: string): string[] {
  const rows = splitStatements(forth).filter((statement) => ROWS.test(withoutComments(statement)));
  return [
    ...rows.map((statement) => `Rows stay as this left them: ${summary(statement)}`),
    ...requiredColumns(back).map(
      (column) => `${column} comes back required and without a value: on a table with rows, give it a default first.`,
    ),
  ];
}

/** Columns that are added as NOT NULL, which only a table without rows takes. */
function requiredColumns(sql: string): string[] {
  return splitStatements(sql).flatMap((statement) => {
    const table = /ALTER TABLE (\S+)/.exec(withoutComments(statement))?.[1] ?? '';
    return [...statement.matchAll(/ADD COLUMN\s+("[^"]+"|`[^`]+`)([^\n]*)/g)]
      .filter(([, , rest = '']) => /NOT NULL/.test(rest) && !/DEFAULT|SERIAL|AUTO_INCREMENT/i.test(rest))
      .map(([, column = '']) => `${table}.${column}`);
  });
}
