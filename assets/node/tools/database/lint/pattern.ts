import type { Advice, Finding } from './finding.js';
import { excerpt, lineAt, type Statement, statementsOf } from './source.js';

/** Advice on statements that look a certain way. */
export interface Pattern extends Advice {
  readonly matches: RegExp;
  /** Statements to look into; without it, all. */
  readonly within?: RegExp;
  /** What makes a statement harmless after all. */
  readonly unless?: RegExp;
}

/** What is looked at. */
export interface Subject {
  readonly migration: string;
  readonly sql: string;
  /** Tables that this or an earlier new migration makes. */
  readonly newTables: ReadonlySet<string>;
}

/** Tables that are new have no rows to lose, and nobody who waits for them. */
export function findPatterns(patterns: readonly Pattern[], { migration, sql, newTables }: Subject): Finding[] {
  return statementsOf(sql)
    .filter((statement) => !isNew(statement, newTables))
    .flatMap((statement) =>
      patterns.flatMap(({ matches, within, unless, ...advice }) =>
        offsets(statement, matches, within, unless).map((offset) => ({
          ...advice,
          migration,
          file: 'migration.sql' as const,
          line: lineAt(sql, offset),
          what: excerpt(sql, offset, statement),
        })),
      ),
    );
}

export function isNew({ table }: Statement, newTables: ReadonlySet<string>): boolean {
  return table !== undefined && newTables.has(table);
}

function offsets({ code, offset }: Statement, matches: RegExp, within?: RegExp, unless?: RegExp): number[] {
  if (within?.test(code) === false || unless?.test(code) === true) return [];
  return [...code.matchAll(new RegExp(matches.source, 'gi'))].map(({ index }) => offset + index);
}
