import { NEW_VALUE, RENAMED, VALUES_REMOVED } from './advice.js';
import type { Finding } from './finding.js';
import { findPatterns, type Pattern, type Subject } from './pattern.js';
import { DELETES_ALL, TRUNCATES, UPDATES_ALL } from './patterns.js';
import { squawk } from './postgresql/squawk.js';

/** What squawk has no rule for. */
const PATTERNS: readonly Pattern[] = [
  TRUNCATES,
  DELETES_ALL,
  UPDATES_ALL,
  // Prisma's way to remove a value: a new type, every column cast to it, and the old type dropped.
  { ...VALUES_REMOVED, matches: /^create\s+type\s+\S+_new"?\s+as\s+enum\b/ },
  { ...RENAMED, within: /^alter\s+type\b/i, matches: /\brename\s+value\b/ },
  { ...NEW_VALUE, within: /^alter\s+type\b/i, matches: /\badd\s+value\b/ },
];

export function findIn(subject: Subject): Finding[] {
  return [...squawk(subject), ...findPatterns(PATTERNS, subject)];
}
