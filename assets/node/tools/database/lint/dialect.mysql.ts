import { EXCLUSIVE, NEW_VALUE, REQUIRED, REWRITTEN, SCANNED } from './advice.js';
import type { Advice, Finding } from './finding.js';
import { findPatterns, type Pattern, type Subject } from './pattern.js';
import { DELETES_ALL, DROPS_COLUMN, DROPS_TABLE, RENAMES, TRUNCATES, UPDATES_ALL } from './patterns.js';

/** The server refuses a statement that says this and would lock writers out: then there is nothing to object to. */
const ONLINE = /\block\s*=\s*none\b|\balgorithm\s*=\s*(instant|inplace|nocopy)\b/i;
const ALTERS = /^alter\s+table\b/i;

const COPIED: Advice = {
  ...REWRITTEN,
  why: 'The whole table is copied in most cases, and nobody can write to it meanwhile.',
  how: 'Add ", ALGORITHM=INPLACE, LOCK=NONE" to the statement: the server then does it beside the writers or refuses, and a refusal leaves nothing behind. If it refuses, add a new column, copy in batches, switch, and drop the old one.',
};

const CHECKED: Advice = {
  ...SCANNED,
  hint: true,
  how: 'On a large table, add the foreign key when few write; without rows that point nowhere, SET foreign_key_checks = 0 around an ALTER TABLE with ALGORITHM=INPLACE does not read the table.',
};

const PATTERNS: readonly Pattern[] = [
  DROPS_TABLE,
  DROPS_COLUMN,
  RENAMES,
  TRUNCATES,
  DELETES_ALL,
  UPDATES_ALL,
  { ...COPIED, within: ALTERS, unless: ONLINE, matches: /\bmodify\s+(?:column\s+)?["`\w]+/ },
  { ...COPIED, within: ALTERS, unless: ONLINE, matches: /\b(?:drop|add)\s+(?:constraint\s+\S+\s+)?primary\s+key\b/ },
  { ...COPIED, within: ALTERS, unless: ONLINE, matches: /\bconvert\s+to\s+character\s+set\b|\bengine\s*=/ },
  { ...RENAMES, matches: /\bchange\s+(?:column\s+)?(["`]?\w+["`]?)\s+(?!\1\s)["`\w]+/ },
  { ...RENAMES, within: /^rename\s+table\b/i, matches: /^rename\s+table\b/ },
  { ...CHECKED, within: ALTERS, matches: /\badd\s+(?:constraint\s+\S+\s+)?foreign\s+key\b/ },
  {
    ...EXCLUSIVE,
    how: 'InnoDB builds these indexes without letting writers in. Do it when few write, or search elsewhere.',
    matches: /\b(?:fulltext|spatial)\s+index\b/,
  },
  {
    ...REQUIRED,
    within: ALTERS,
    // A column of its own clause: up to the next comma that is not inside of parentheses.
    matches:
      /\badd\s+(?:column\s+)?(?!(?:constraint|primary|foreign|unique|index|key|fulltext|spatial|check)\b)["`\w]+(?:[^,()]|\([^()]*\))*?\bnot\s+null\b(?!(?:[^,()]|\([^()]*\))*\b(?:default|auto_increment|as)\b)/,
  },
  { ...NEW_VALUE, within: ALTERS, matches: /\bmodify\s+(?:column\s+)?\S+\s+enum\b/ },
];

/**
 * Rules of our own: nobody lints MySQL as squawk does PostgreSQL. Plain indexes are none of them, because InnoDB builds
 * them beside readers and writers.
 */
export function findIn(subject: Subject): Finding[] {
  return findPatterns(PATTERNS, subject);
}
