import type { MigrationFile } from '../../../src/platform/migrations/files.js';
import { hasMark } from '../../../src/platform/migrations/marks.js';
import type { Waiver } from '../settings.js';
import { MARKED_LOSSY } from './advice.js';
import { findIn } from './dialect.js';
import type { Finding } from './finding.js';
import { newMigrations } from './new-migrations.js';
import { render } from './render.js';
import { createdTables } from './source.js';
import { unusedWaivers } from './waivers.js';
import { findInWayBack, isMissing } from './way-back.js';

export interface LintResult {
  /** What stops the gate. */
  readonly problems: readonly string[];
  /** What is worth knowing. */
  readonly hints: readonly string[];
  /** The migrations that are new. */
  readonly ids: readonly string[];
}

/**
 * Objects to new migrations that lose data, cannot be undone, lock or break the previous release. Of older ones only a
 * missing way back counts; the rest is looked at if a waiver names them, to find waivers that waive nothing.
 */
export function lint(migrations: readonly MigrationFile[], waivers: readonly Waiver[]): LintResult {
  const { ids, remark } = newMigrations(migrations.map(({ id }) => id));
  const waived = new Set(waivers.map(({ migration }) => migration));
  const newTables = new Set<string>();
  const findings = migrations.flatMap((migration) => {
    const isNew = ids.includes(migration.id);
    const tables = createdTables(migration.sql);
    if (isNew) for (const table of tables) newTables.add(table);
    if (!isNew && !waived.has(migration.id)) return migration.down === undefined ? findInWayBack(migration) : [];
    return inspect(migration, isNew ? newTables : new Set(tables));
  });
  const open = findings.filter(
    (finding) => (ids.includes(finding.migration) || isMissing(finding)) && !isWaived(finding, waivers),
  );
  return {
    ids,
    problems: [
      ...render(open.filter(({ hint }) => hint === undefined)),
      ...unusedWaivers(waivers, findings, migrations),
    ],
    hints: [...(remark === undefined ? [] : [remark]), ...render(open.filter(({ hint }) => hint === true))],
  };
}

function isWaived({ migration, rule }: Finding, waivers: readonly Waiver[]): boolean {
  return waivers.some((waiver) => waiver.migration === migration && waiver.rule === rule);
}

/** Everything that there is to say about one migration. */
export function inspect(migration: MigrationFile, newTables: ReadonlySet<string>): Finding[] {
  const { id, sql } = migration;
  const found = findIn({ migration: id, sql, newTables });
  const marked = hasMark(sql, 'lossy') && !found.some(({ rule }) => rule === 'data-loss');
  return [...found, ...(marked ? saidToLose(id, sql) : []), ...findInWayBack(migration)];
}

/** What the engine saw and no pattern does: a narrower type, a column left behind when SQLite copies a table. */
function saidToLose(migration: string, sql: string): Finding[] {
  return sql.split('\n').flatMap((line, index): Finding[] => {
    const what = /^--\s+-\s+(.*)$/.exec(line.trim())?.[1];
    return what === undefined ? [] : [{ ...MARKED_LOSSY, migration, file: 'migration.sql', line: index + 1, what }];
  });
}
