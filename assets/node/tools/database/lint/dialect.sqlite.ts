import { REQUIRED } from './advice.js';
import type { Finding } from './finding.js';
import { findPatterns, type Pattern, type Subject } from './pattern.js';
import { DELETES_ALL, DROPS_COLUMN, DROPS_TABLE, RENAMES } from './patterns.js';
import { excerpt, lineAt, statementsOf } from './source.js';

const PATTERNS: readonly Pattern[] = [DROPS_COLUMN, DELETES_ALL];

/**
 * Rules of our own. None is about locks: one process writes at a time whatever a statement does, and the whole
 * migration is one write.
 */
export function findIn(subject: Subject): Finding[] {
  const redefined = redefinitions(subject.sql);
  const others = findPatterns([DROPS_TABLE, RENAMES], subject).filter(
    ({ what }) => !redefined.some((table) => what.includes(table)),
  );
  return [...findPatterns(PATTERNS, subject), ...others, ...findRequired(subject)];
}

/** Tables that are changed by copying them: the old one goes, and the new one takes its name. */
function redefinitions(sql: string): string[] {
  return statementsOf(sql).flatMap(({ code }) => {
    const copy = /^alter\s+table\s+["`]?new_(\w+)["`]?\s+rename\s+to\s+["`]?(\w+)/i.exec(code);
    return copy !== null && copy[1] === copy[2] ? [`"${copy[1]}"`, `"new_${copy[1]}"`] : [];
  });
}

interface Copy {
  readonly table: string;
  readonly offset: number;
  /** Definitions by column, of the table as it will be. */
  readonly columns: ReadonlyMap<string, string>;
  readonly filled: readonly string[];
}

function copiesOf(sql: string): Copy[] {
  const statements = statementsOf(sql);
  return statements.flatMap(({ code, offset, table = '' }) => {
    const filled = /^insert\s+into\s+["`]?new_\w+["`]?\s*\(([^)]*)\)/i.exec(code)?.[1];
    if (filled === undefined) return [];
    const created = statements.find((other) => other.table === table && /^create\b/i.test(other.code))?.code ?? '';
    const columns = [...created.matchAll(/^\s+"([^"]+)" (.*)$/gm)].map(
      ([, name = '', rest = '']) => [name, rest] as const,
    );
    return [{ table: table.slice('new_'.length), offset, columns: new Map(columns), filled: names(filled) }];
  });
}

function names(list: string): string[] {
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
}

/** Columns that the copied rows have no value for. */
function findRequired({ sql, migration, newTables }: Subject): Finding[] {
  return copiesOf(sql)
    .filter(({ table }) => !newTables.has(table))
    .flatMap(({ table, columns, filled }) =>
      [...columns]
        .filter(([name, rest]) => !filled.includes(name) && /NOT NULL/.test(rest) && !/DEFAULT|PRIMARY KEY/.test(rest))
        .map(([name]): Finding => {
          const offset = sql.indexOf(`"${name}"`, sql.indexOf(`"new_${table}"`));
          return {
            ...REQUIRED,
            migration,
            file: 'migration.sql',
            line: lineAt(sql, offset),
            what: excerpt(sql, offset, { offset }),
          };
        }),
    );
}
