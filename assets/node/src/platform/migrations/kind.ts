import { Failure } from './failure.js';
import { hasMark } from './marks.js';
import { splitStatements, withoutComments } from './statements.js';

/** How a script has to be run. */
export type Kind =
  | { readonly transaction: true; readonly sql: string; readonly controls: boolean }
  | { readonly transaction: false; readonly statements: readonly string[] };

const BEGIN = /^(begin|start\s+transaction)(\s+(transaction|work))?$/i;
const COMMIT = /^(commit|end)(\s+(transaction|work))?$/i;
const CONTROL = /^(begin|start\s+transaction|commit|end|rollback|abort)\b/i;
const ISOLATION = /^set\s+transaction\b/i;
const CONCURRENTLY = /^(create\s+(unique\s+)?index|drop\s+index|reindex\b.*?)\s+concurrently\b/is;

export function kindOf(id: string, sql: string): Kind {
  const statements = splitStatements(sql).map((text) => ({ text, code: withoutComments(text) }));
  const [first] = statements;
  if (hasMark(sql, 'no-transaction') && statements.length !== 1) {
    throw new Failure(
      `${id} is marked "no-transaction" and has ${statements.length} statements. It must have exactly one, so that it can be repeated: give each a migration of its own.`,
    );
  }
  if (
    first !== undefined &&
    statements.length === 1 &&
    (hasMark(sql, 'no-transaction') || CONCURRENTLY.test(first.code))
  ) {
    return { transaction: false, statements: [first.text] };
  }
  // Only the first statement of a transaction may set its isolation: then the transaction is the migration's own.
  if (statements.some(({ code }) => ISOLATION.test(code))) return { transaction: false, statements: [sql] };
  const controls = statements.filter(({ code }) => CONTROL.test(code));
  if (controls.length === 0) return { transaction: true, sql, controls: false };
  if (!inPairs(controls.map(({ code }) => code))) return { transaction: false, statements: [sql] };
  // Prisma brackets a changed enum with BEGIN and COMMIT, which would end the transaction around the whole migration.
  const rest = statements.filter(({ code }) => !CONTROL.test(code));
  return { transaction: true, sql: rest.map(({ text }) => `${text};`).join('\n'), controls: true };
}

function inPairs(controls: readonly string[]): boolean {
  return controls.length % 2 === 0 && controls.every((code, index) => (index % 2 === 0 ? BEGIN : COMMIT).test(code));
}
