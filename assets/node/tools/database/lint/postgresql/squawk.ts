import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '../../../../src/platform/migrations/failure.js';
import { kindOf } from '../../../../src/platform/migrations/kind.js';
import {
  DROPPED,
  EMPTIED,
  EXCLUSIVE,
  INDEXED,
  OPTIONAL,
  RENAMED,
  REQUIRED,
  REWRITTEN,
  SCANNED,
  SCANNED_BY_PRISMA,
  TIGHTENED,
  UNREADABLE,
  WAITS_IN_TRANSACTION,
} from '../advice.js';
import type { Advice, Finding } from '../finding.js';
import { isNew, type Subject } from '../pattern.js';
import { excerpt, lineAt, mask, type Statement, statementsOf } from '../source.js';

/**
 * The rule set: squawk's rules about what is lost, what locks and what breaks the previous release. Of those that ask
 * for a form that Prisma does not write (CONCURRENTLY, NOT VALID) the ones that PostgreSQL would refuse in a file of
 * several statements are hints. Left out: timeouts, which the runner sets; transactions, which are the runner's; and
 * taste in types, which is the models' business. A rule that a newer squawk brings is not listened to before it is here.
 */
const RULE_SET: Readonly<Record<string, Advice>> = {
  'ban-drop-column': DROPPED,
  'ban-drop-table': DROPPED,
  'ban-drop-database': EMPTIED,
  'ban-truncate-cascade': EMPTIED,
  'renaming-column': RENAMED,
  'renaming-table': RENAMED,
  'adding-required-field': REQUIRED,
  'adding-not-nullable-field': TIGHTENED,
  'ban-drop-not-null': OPTIONAL,
  'changing-column-type': REWRITTEN,
  'adding-field-with-default': REWRITTEN,
  'adding-serial-primary-key-field': REWRITTEN,
  'disallowed-unique-constraint': EXCLUSIVE,
  'constraint-missing-not-valid': SCANNED,
  'adding-foreign-key-constraint': SCANNED_BY_PRISMA,
  'ban-alter-domain-with-add-constraint': SCANNED,
  'require-concurrent-index-creation': INDEXED,
  'require-concurrent-reindex': EXCLUSIVE,
  'require-concurrent-partition-detach': EXCLUSIVE,
  'prefer-repack': EXCLUSIVE,
  'ban-concurrent-index-creation-in-transaction': WAITS_IN_TRANSACTION,
  'syntax-error': UNREADABLE,
};

/** Said better by another rule about the same place. */
const COVERED: readonly (readonly [string, string])[] = [
  ['constraint-missing-not-valid', 'adding-foreign-key-constraint'],
  ['constraint-missing-not-valid', 'disallowed-unique-constraint'],
  ['constraint-missing-not-valid', 'adding-serial-primary-key-field'],
];

/** Defaults that squawk takes for computed: a number with a sign, an empty list. */
const CONSTANT = /^(-\s*[\d.]+|ARRAY\[\s*\]|ARRAY\[('[^']*'(,\s*)?)+\])/i;

interface Report {
  readonly line: number;
  readonly column: number;
  readonly rule_name: string;
}

export function squawk(subject: Subject): Finding[] {
  const { migration, sql, newTables } = subject;
  const statements = statementsOf(sql);
  const reports = run(migration, sql);
  return reports.flatMap((report): Finding[] => {
    const advice = RULE_SET[report.rule_name];
    if (advice === undefined || isCovered(report, reports)) return [];
    const offset = offsetOf(sql, report);
    const statement = statements.findLast((candidate) => candidate.offset <= offset);
    if (statement === undefined || isHarmless(report, statement, newTables)) return [];
    if (report.rule_name === 'adding-field-with-default' && CONSTANT.test(sql.slice(offset))) return [];
    const what = excerpt(sql, offset, statement);
    return [{ ...advice, migration, file: 'migration.sql', line: lineAt(sql, offset), what }];
  });
}

function isHarmless({ rule_name: rule }: Report, statement: Statement, newTables: ReadonlySet<string>): boolean {
  return rule !== 'ban-concurrent-index-creation-in-transaction' && isNew(statement, newTables);
}

function isCovered({ rule_name: rule, line }: Report, reports: readonly Report[]): boolean {
  return COVERED.some(
    ([covered, by]) => rule === covered && reports.some((other) => other.rule_name === by && other.line === line),
  );
}

/** Where the first thing stands that is not a space: squawk counts the line break before it. */
function offsetOf(sql: string, { line, column }: Report): number {
  const start = sql.split('\n').slice(0, line).join('\n').length + (line === 0 ? 0 : 1);
  const end = sql.indexOf('\n', start);
  const text = sql.slice(start, end < 0 ? sql.length : end);
  const indent = /^\s*/.exec(text.slice(column))?.[0].length ?? 0;
  return start + Math.min(column + indent, text.length);
}

/**
 * Without comments, which can turn rules off without a reason, and without Prisma's own BEGIN and COMMIT around a changed
 * enum, which the runner takes out too.
 */
function run(migration: string, sql: string): Report[] {
  const transaction = kindOf(migration, sql).transaction;
  const script = createRequire(import.meta.url).resolve('squawk-cli/package.json');
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [
      join(dirname(script), 'js', 'bin', 'squawk'),
      ...['--reporter', 'json', '--stdin-filepath', 'migration.sql', '--pg-version', '14'],
      ...(transaction ? ['--assume-in-transaction'] : ['--no-assume-in-transaction']),
    ],
    // Outside of the service, so that no configuration file changes the rule set.
    { input: withoutControls(sql), encoding: 'utf8', cwd: tmpdir(), timeout: 60_000 },
  );
  if (error === undefined && (status === 0 || status === 1) && stdout.trim().startsWith('[')) return JSON.parse(stdout);
  throw new Failure(
    `squawk, which lints migrations for PostgreSQL, did not run: ${(error?.message ?? stderr).trim() || `exit code ${status}`}\nInstall the packages again, with optional dependencies.`,
  );
}

function withoutControls(sql: string): string {
  return mask(sql, false).replaceAll(/^[ \t]*(begin|commit)[ \t]*;/gim, (control) => ' '.repeat(control.length));
}
