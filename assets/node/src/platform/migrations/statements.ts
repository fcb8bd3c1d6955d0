const COMPOUND = /^\s*create\b[^;]*?\b(trigger|procedure|function|event)\b/i;
const BLOCK_END_SUFFIX = /^\s+(if|loop|while|repeat|for)\b/i;

/**
 * Splits a script at its semicolons, leaving those inside of strings, comments, dollar quotes and the bodies of
 * triggers and procedures alone. Comments stay with the statement that follows them.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let depth = 0;
  let code = '';
  let at = 0;

  const finish = (end: number): void => {
    if (code.trim() !== '') statements.push(sql.slice(start, end).trim());
    start = end + 1;
    code = '';
    depth = 0;
  };

  while (at < sql.length) {
    const skipped = skipOpaque(sql, at);
    if (skipped > at) {
      const comment = isComment(sql, at);
      code += comment ? ' ' : 'x';
      at = skipped;
      continue;
    }
    const word = /^[a-z_][\w$]*/i.exec(sql.slice(at, at + 64))?.[0];
    if (word !== undefined) {
      const rest = sql.slice(at + word.length, at + word.length + 32);
      if (COMPOUND.test(code)) depth += nesting(word, rest, code);
      code += word;
      at += word.length;
      continue;
    }
    if (sql[at] === ';' && depth === 0) finish(at);
    else code += sql[at];
    at += 1;
  }
  finish(sql.length);
  return statements;
}

function nesting(word: string, rest: string, code: string): number {
  const upper = word.toUpperCase();
  const closesCase = /\bend\s+$/i.test(code);
  if (upper === 'BEGIN' || (upper === 'CASE' && !closesCase)) return 1;
  if (upper === 'END' && !BLOCK_END_SUFFIX.test(rest)) return -1;
  return 0;
}

export function isComment(sql: string, at: number): boolean {
  return sql.startsWith('--', at) || sql.startsWith('/*', at) || sql[at] === '#';
}

/** The end of the string, comment or quoted name that starts here; the same position if none does. */
export function skipOpaque(sql: string, at: number): number {
  const char = sql[at];
  if (sql.startsWith('--', at) || (char === '#' && /(^|\s)$/.test(sql.slice(Math.max(0, at - 1), at)))) {
    return endOr(sql, sql.indexOf('\n', at), 1);
  }
  if (sql.startsWith('/*', at)) return endOr(sql, sql.indexOf('*/', at + 2), 2);
  if (char === "'" || char === '"' || char === '`') return endOfQuote(sql, at, char);
  if (char === '$') {
    const tag = /^\$([a-z_]\w*)?\$/i.exec(sql.slice(at, at + 70))?.[0];
    if (tag !== undefined) return endOr(sql, sql.indexOf(tag, at + tag.length), tag.length);
  }
  return at;
}

function endOfQuote(sql: string, at: number, quote: string): number {
  const escapes = quote === "'" && /[eE]/.test(sql[at - 1] ?? '') && !/\w/.test(sql[at - 2] ?? '');
  for (let i = at + 1; i < sql.length; i += 1) {
    if (sql[i] === '\\' && escapes) i += 1;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i += 1;
    }
  }
  return sql.length;
}

function endOr(sql: string, found: number, length: number): number {
  return found < 0 ? sql.length : found + length;
}

/** A statement without its comments, for looking at what it does. */
export function withoutComments(statement: string): string {
  let result = '';
  let at = 0;
  while (at < statement.length) {
    const end = skipOpaque(statement, at);
    if (end === at) {
      result += statement[at];
      at += 1;
    } else {
      result += isComment(statement, at) ? ' ' : statement.slice(at, end);
      at = end;
    }
  }
  return result.trim();
}

/** One line of a statement, for a message. */
export function summary(statement: string): string {
  const line = withoutComments(statement).replace(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
