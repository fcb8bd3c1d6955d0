/** What a migration's SQL says about itself, in comments before its first statement. */
export type Mark = 'lossy' | 'no-transaction';

const MARK = /^--\s*migration:\s*([a-z-]+)\s*$/;

export function hasMark(sql: string, mark: Mark): boolean {
  return header(sql).some((line) => MARK.exec(line)?.[1] === mark);
}

/** Marks nobody knows, most likely misspelt. */
export function unknownMarks(sql: string): string[] {
  return header(sql)
    .map((line) => MARK.exec(line)?.[1])
    .filter((mark): mark is string => mark !== undefined && mark !== 'lossy' && mark !== 'no-transaction');
}

function header(sql: string): string[] {
  const lines = sql.split(/\r?\n/).map((line) => line.trim());
  const firstCode = lines.findIndex((line) => line !== '' && !line.startsWith('--'));
  return firstCode < 0 ? lines : lines.slice(0, firstCode);
}
