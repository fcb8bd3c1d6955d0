import { isComment, skipOpaque, splitStatements } from '../../../src/platform/migrations/statements.js';

/** A statement in the place where it stands. */
export interface Statement {
  /** Its text with comments and strings blanked out, so that a pattern finds only what is executed. */
  readonly code: string;
  readonly offset: number;
  /** The table it works on, without quotes and schema. */
  readonly table: string | undefined;
}

const COMPOUND = /^\s*create\b[^;]*?\b(trigger|procedure|function|event)\b/i;
const NAME = String.raw`(?:(?:"[^"]+"|\x60[^\x60]+\x60|[\w$]+)\s*\.\s*)?("[^"]+"|\x60[^\x60]+\x60|[\w$]+)`;
const TABLE = [
  String.raw`^(?:alter|drop|create)\s+(?:temporary\s+|unlogged\s+)?table\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?${NAME}`,
  String.raw`^(?:truncate(?:\s+table)?|delete\s+from|update|insert\s+into)\s+(?:only\s+)?${NAME}`,
  String.raw`^create\s+(?:unique\s+|fulltext\s+|spatial\s+)?index\b[^(]*?\son\s+(?:only\s+)?${NAME}`,
].map((pattern) => new RegExp(pattern, 'i'));

export function statementsOf(sql: string): Statement[] {
  const masked = mask(sql, true);
  let from = 0;
  return splitStatements(sql).map((text) => {
    const start = sql.indexOf(text, from);
    from = start + text.length;
    const blank = /^\s*/.exec(masked.slice(start, from))?.[0].length ?? 0;
    const whole = masked.slice(start + blank, from);
    // What is in the body of a trigger is not run by the migration.
    const code = COMPOUND.test(whole) ? (whole.split('\n')[0] ?? '') : whole;
    return { code, offset: start + blank, table: tableOf(code) };
  });
}

function tableOf(code: string): string | undefined {
  const name = TABLE.map((pattern) => pattern.exec(code)?.[1]).find((found) => found !== undefined);
  return name?.replace(/^["`]|["`]$/g, '');
}

/** Tables that are made here: nobody has rows in them yet, and nobody waits for them. */
export function createdTables(sql: string): string[] {
  return statementsOf(sql).flatMap(({ code, table }) =>
    /^create\b[^(]*\btable\b/i.test(code) && table ? [table] : [],
  );
}

/** The same text with comments, and if wanted strings, as spaces: everything stays where it was. */
export function mask(sql: string, strings: boolean): string {
  let result = '';
  let at = 0;
  while (at < sql.length) {
    const end = skipOpaque(sql, at);
    const text = sql.slice(at, Math.max(end, at + 1));
    const literal = text.startsWith("'") || text.startsWith('$');
    const blank = end > at && (isComment(sql, at) || (strings && literal));
    result += blank ? text.replaceAll(/[^\n]/g, ' ') : text;
    at += text.length;
  }
  return result;
}

export function lineAt(sql: string, offset: number): number {
  return sql.slice(0, offset).split('\n').length;
}

/** The line of SQL that something stands in, for a message; with the table if that is named on another line. */
export function excerpt(sql: string, offset: number, { offset: start }: Pick<Statement, 'offset'>): string {
  const line = lineOf(sql, offset);
  const head = /^(alter\s+table|insert\s+into|create\s+(unique\s+)?index)\s+\S+/i.exec(lineOf(sql, start))?.[0];
  const text = head === undefined || line.includes(head) ? line : `${head} … ${line}`;
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

function lineOf(sql: string, offset: number): string {
  const from = sql.lastIndexOf('\n', offset - 1) + 1;
  const line = sql.slice(from).split('\n')[0] ?? '';
  return line
    .replace(/\s+/g, ' ')
    .replace(/[,;(]\s*$/, '')
    .trim();
}
