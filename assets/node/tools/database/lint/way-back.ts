import type { MigrationFile } from '../../../src/platform/migrations/files.js';
import { hasMark } from '../../../src/platform/migrations/marks.js';
import { EMPTY_WAY_BACK, NO_WAY_BACK, SILENT_LOSS } from './advice.js';
import type { Finding } from './finding.js';
import { findPatterns } from './pattern.js';
import { DESTROYS } from './patterns.js';
import { statementsOf } from './source.js';

/** Whether a migration can be undone, and says so when that costs something. */
export function findInWayBack({ id: migration, sql, down }: MigrationFile): Finding[] {
  const at = { migration, file: 'down.sql' as const, line: 1 };
  if (down === undefined) return [{ ...NO_WAY_BACK, ...at, what: `${migration} has no way back` }];
  if (statementsOf(down).length === 0) {
    return statementsOf(sql).length === 0 ? [] : [{ ...EMPTY_WAY_BACK, ...at, what: 'there is no statement' }];
  }
  if (hasMark(down, 'lossy')) return [];
  const redefined = new Set([...down.matchAll(/RENAME TO "([^"]+)"/g)].map(([, table = '']) => table));
  return findPatterns(DESTROYS, { migration, sql: down, newTables: redefined }).map(({ line, what }) => ({
    ...SILENT_LOSS,
    ...at,
    line,
    what,
  }));
}

export function isMissing({ rule, why }: Finding): boolean {
  return rule === NO_WAY_BACK.rule && why === NO_WAY_BACK.why;
}
