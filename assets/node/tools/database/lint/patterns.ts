import { DROPPED, EMPTIED, RENAMED, UPDATED } from './advice.js';
import type { Pattern } from './pattern.js';

/** What every database understands. */
export const TRUNCATES: Pattern = { ...EMPTIED, matches: /^truncate\b/ };
export const DELETES_ALL: Pattern = { ...EMPTIED, matches: /^delete\s+from\b/, unless: /\bwhere\b/i };
export const UPDATES_ALL: Pattern = { ...UPDATED, matches: /^update\b/, unless: /\bwhere\b/i };
export const DROPS_TABLE: Pattern = { ...DROPPED, matches: /^drop\s+table\b/ };

const OTHER_DROPS =
  'constraint|primary|foreign|index|key|check|default|not|identity|expression|partition|table|column|trigger|view';

export const DROPS_COLUMN: Pattern = {
  ...DROPPED,
  within: /^alter\s+table\b/i,
  // Without the word COLUMN it is dropped all the same.
  matches: new RegExp(String.raw`\bdrop\s+(?:column\s+)?(?!(?:${OTHER_DROPS})\b)(?:if\s+exists\s+)?["\x60\w]+`),
};

export const RENAMES: Pattern = {
  ...RENAMED,
  within: /^alter\s+table\b/i,
  matches: /\brename\s+(?!(?:index|key|constraint)\b)(?:(?:to|as|column)\s+)?["`\w]+/,
};

/** What removes rows or columns, whoever runs it. */
export const DESTROYS: readonly Pattern[] = [TRUNCATES, DELETES_ALL, DROPS_TABLE, DROPS_COLUMN];
