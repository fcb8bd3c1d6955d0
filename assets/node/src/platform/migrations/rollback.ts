import { type Applied, Bookkeeping } from './bookkeeping.js';
import { explainStatement } from './explain.js';
import { Failure } from './failure.js';
import { bullets, type MigrationFile, matches } from './files.js';
import { kindOf } from './kind.js';
import { hasMark } from './marks.js';
import { acquire, type RunOptions } from './migrate.js';
import { makePlan, type Plan } from './plan.js';
import type { Session } from './session.js';
import { splitStatements, summary } from './statements.js';

export interface RollbackOptions extends RunOptions {
  readonly count: number;
  readonly dryRun: boolean;
  readonly acceptDataLoss: boolean;
}

interface Undo {
  readonly row: Applied;
  readonly down: string;
}

/** Undoes the last migrations, newest first. Either all of them may be undone or none is. */
export async function rollback(
  session: Session,
  files: readonly MigrationFile[],
  options: RollbackOptions,
): Promise<string[]> {
  const books = new Bookkeeping(session);
  if (!options.dryRun) {
    await acquire(session, options.wait);
    await books.prepare();
  }
  const plan = makePlan(files, await books.applied(), await books.journal());
  const undos = choose(session, plan, files, options);
  if (options.dryRun) {
    for (const { row, down } of undos) options.report(`-- ${row.id}\n${down.trim()}\n`);
    return [];
  }
  for (const undo of undos) {
    await undoOne(session, books, undo, options);
    options.report(`undone ${undo.row.id}`);
  }
  return undos.map(({ row }) => row.id);
}

function choose(session: Session, plan: Plan, files: readonly MigrationFile[], options: RollbackOptions): Undo[] {
  const rows = [...plan.applied, ...plan.unfinished].reverse();
  if (options.count > rows.length) {
    throw new Failure(`Cannot undo ${options.count}: ${rows.length} ${rows.length === 1 ? 'is' : 'are'} applied.`);
  }
  const problems: string[] = [];
  const undos = rows.slice(0, options.count).map((row): Undo => {
    const nothingLeft = session.transactionalDdl && !row.finished && leavesNothing(row, files);
    const down = nothingLeft ? '' : wayBack(row, plan, files);
    if (down === undefined) {
      problems.push(`${row.id} has no way back. Write prisma/migrations/${row.id}/down.sql and try again.`);
    } else if (hasMark(down, 'lossy') && !options.acceptDataLoss && !options.dryRun) {
      problems.push(
        `${row.id}: its way back loses data (${words(down)}). Add --accept-data-loss if that is what you want.`,
      );
    }
    return { row, down: down ?? '' };
  });
  if (problems.length > 0) throw new Failure(`Nothing was undone:\n${bullets(problems)}`);
  return undos;
}

/** A migration that ran in a transaction and did not finish was undone by the database. */
function leavesNothing(row: Applied, files: readonly MigrationFile[]): boolean {
  const file = files.find((candidate) => candidate.id === row.id);
  return file !== undefined && kindOf(file.id, file.sql).transaction;
}

/** The reviewed file when it belongs to what was applied, because it may have been mended; otherwise what was stored. */
function wayBack(row: Applied, plan: Plan, files: readonly MigrationFile[]): string | undefined {
  const file = files.find((candidate) => candidate.id === row.id);
  const stored = plan.journal.get(row.id)?.down;
  return file !== undefined && matches(file, row.checksum) ? (file.down ?? stored) : (stored ?? file?.down);
}

function words(down: string): string {
  const lines = down.split('\n').map((line) => /^--\s+-\s+(.*)$/.exec(line.trim())?.[1]);
  return lines.filter((line) => line !== undefined).join(', ') || 'see the head of its down.sql';
}

async function undoOne(
  session: Session,
  books: Bookkeeping,
  { row, down }: Undo,
  options: RollbackOptions,
): Promise<void> {
  try {
    if (!session.transactionalDdl) return await undoStepwise(session, books, row, down);
    const kind = kindOf(row.id, down);
    if (kind.transaction) {
      await session.transaction(async () => {
        if (down !== '') await session.script(kind.sql);
        await books.forget(row.id);
      });
    } else {
      await session.unbounded?.();
      for (const statement of kind.statements) await session.script(statement);
      await books.forget(row.id);
    }
    await session.reset();
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    const text = [error instanceof Failure ? error.message : '', cause ? explainStatement(cause, options.url) : ''];
    throw new Failure(
      `The way back of ${row.id} failed: ${text.filter((part) => part !== '').join('\n')}\nCorrect prisma/migrations/${row.id}/down.sql and try again.`,
    );
  }
}

/** Repeatable where DDL commits by itself: what a killed or failed attempt already undid is passed over. */
async function undoStepwise(session: Session, books: Bookkeeping, row: Applied, down: string): Promise<void> {
  const statements = splitStatements(down);
  const repeated = !row.finished;
  await books.reopen(row.id);
  for (const [index, statement] of statements.entries()) {
    try {
      await session.script(statement);
    } catch (error) {
      if (repeated && session.alreadyDone(error)) continue;
      throw new Failure(`statement ${index + 1} of ${statements.length} failed: ${summary(statement)}`, {
        cause: error,
      });
    }
  }
  await session.reset();
  await books.forget(row.id);
}
