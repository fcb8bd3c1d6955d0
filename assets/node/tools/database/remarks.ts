import { splitStatements, summary, withoutComments } from '../../src/platform/migrations/statements.js';

const ROWS = /^(insert|update|delete|truncate|merge|replace|with)\b/i;

/** What a generated way back leaves as it is, in words for whoever runs it. */
export function remarksOn(forth: string): string[] {
  return splitStatements(forth)
    .filter((statement) => ROWS.test(withoutComments(statement)))
    .map((statement) => `Rows stay as this left them: ${summary(statement)}`);
}
