import { type Applied, Bookkeeping, GOING_BACK } from './bookkeeping.js';
import { explainStatement } from './explain.js';
import { Failure } from './failure.js';
import { bullets, type MigrationFile, matches } from './files.js';
import { kindOf } from './kind.js';
import { makePlan, type Plan } from './plan.js';
import type { Session } from './session.js';
import { splitStatements, summary } from './statements.js';

export interface RunOptions {
  readonly url: string;
  /** Milliseconds to wait for another runner. */
  readonly wait: number;
  report(line: string): void;
}

/** Applies what is pending, each migration exactly once however many runners start together. */
export async function migrate(
  session: Session,
  files: readonly MigrationFile[],
  options: RunOptions,
): Promise<string[]> {
  await acquire(session, options.wait);
  const books = new Bookkeeping(session);
  await books.prepare();
  const plan = makePlan(files, await books.applied(), await books.journal());
  refuse(plan, files);
  if (plan.newer.length > 0) {
    options.report(`The database is ahead of this version: ${plan.newer.join(', ')} came from a newer one.`);
  }
  for (const id of plan.late) options.report(`${id} is older than what is already applied; applying it now.`);

  const done: string[] = [];
  for (const file of plan.pending) {
    const started = performance.now();
    const begun = plan.unfinished.find((row) => row.id === file.id);
    if (!(await applyOne(session, books, file, begun, options))) continue;
    done.push(file.id);
    options.report(`applied ${file.id} (${Math.round(performance.now() - started)} ms)`);
  }
  await rememberWaysBack(books, plan, files);
  return done;
}

export async function acquire(session: Session, wait: number): Promise<void> {
  if (await session.lock(wait)) return;
  throw new Failure(
    `Another migration has held the lock on ${session.place} for ${Math.round(wait / 1000)} s. Wait for it to end, or raise MIGRATION_WAIT_TIMEOUT.`,
  );
}

function refuse(plan: Plan, files: readonly MigrationFile[]): void {
  const problems = [
    ...plan.edited.map(
      (id) => `${id} was changed after it was applied. Restore it, and put the change into a new migration.`,
    ),
    ...plan.missing.map((id) => `${id} is applied and not in the folder. Restore it from version control.`),
    ...plan.unfinished
      .filter((row) => !files.some((file) => file.id === row.id))
      .map(
        (row) =>
          `${row.id} was begun by a newer version and is not finished. Run that version's migrate, or roll it back.`,
      ),
    ...plan.unfinished
      .filter((row) => row.error?.startsWith(GOING_BACK))
      .map((row) => `${row.id} is half undone. Finish with rollback before applying anything.`),
  ];
  if (problems.length > 0) throw new Failure(`Nothing was applied:\n${bullets(problems)}`);
}

async function applyOne(
  session: Session,
  books: Bookkeeping,
  file: MigrationFile,
  begun: Applied | undefined,
  options: RunOptions,
): Promise<boolean> {
  try {
    if (!session.transactionalDdl) return await applyStepwise(session, books, file, begun);
    const kind = kindOf(file.id, file.sql);
    if (kind.transaction) {
      if (begun !== undefined && kind.controls) throw new Failure(halfApplied(file.id));
      return await applyInTransaction(session, books, file, kind.sql);
    }
    return await applyAlone(session, books, file, kind.statements, begun);
  } catch (error) {
    throw await failed(session, books, file, error, options.url);
  }
}

/** This runner leaves no such trace; Prisma runs a script with its own BEGIN and COMMIT in as many pieces. */
function halfApplied(id: string): string {
  return `Prisma began it and did not finish, and it commits by itself in the middle: look at what is there, then run "prisma migrate resolve --applied ${id}" or "--rolled-back ${id}".`;
}

async function applyInTransaction(
  session: Session,
  books: Bookkeeping,
  file: MigrationFile,
  sql: string,
): Promise<boolean> {
  const applied = await session.transaction(async () => {
    // Where there is no lock to hold between migrations, another runner may have come first.
    const rows = await books.applied();
    if (rows.some((row) => row.id === file.id && row.finished)) return false;
    await books.discard(file.id);
    await books.begin(file);
    await session.script(sql);
    await books.finish(file.id);
    return true;
  });
  await session.reset();
  return applied;
}

/** For what cannot run in a transaction: begun, done and finished are separate, so the statement must be repeatable. */
async function applyAlone(
  session: Session,
  books: Bookkeeping,
  file: MigrationFile,
  statements: readonly string[],
  begun: Applied | undefined,
): Promise<boolean> {
  const repaired = begun !== undefined && (await session.repair(statements[0] ?? ''));
  await books.discard(file.id);
  await books.begin(file);
  await session.unbounded?.();
  if (!repaired) for (const statement of statements) await session.script(statement);
  await session.reset();
  await books.finish(file.id);
  return true;
}

/** Where each DDL statement commits by itself: counts statements, so that a killed runner's successor goes on from there. */
async function applyStepwise(
  session: Session,
  books: Bookkeeping,
  file: MigrationFile,
  begun: Applied | undefined,
): Promise<boolean> {
  const statements = splitStatements(file.sql);
  if (begun === undefined) await books.begin(file);
  else if (!matches(file, begun.checksum)) {
    throw new Failure(
      `${file.id} was changed after ${begun.steps} of its statements were applied. Undo them with rollback, then migrate again.`,
    );
  }
  let step = begun?.steps ?? 0;
  // Killed between a statement and its count: the statement may have run, and then says so when it is run again.
  let uncertain = begun !== undefined && begun.error === undefined;
  for (const statement of statements.slice(step)) {
    const count = () => books.step(file.id, step + 1);
    try {
      // Rows and their count are one transaction; DDL commits by itself.
      await session.transaction(() => session.script(statement).then(count));
    } catch (error) {
      if (!(uncertain && session.alreadyDone(error))) {
        throw new Failure(`statement ${step + 1} of ${statements.length} failed: ${summary(statement)}`, {
          cause: error,
        });
      }
      await count();
    }
    uncertain = false;
    step += 1;
  }
  await session.reset();
  await books.finish(file.id);
  return true;
}

async function failed(
  session: Session,
  books: Bookkeeping,
  file: MigrationFile,
  error: unknown,
  url: string,
): Promise<Failure> {
  const cause = error instanceof Failure ? error.cause : error;
  const why = cause === undefined ? '' : explainStatement(cause, url);
  const text = [error instanceof Failure ? error.message : '', why].filter((part) => part !== '').join('\n');
  const left = session.transactionalDdl
    ? 'Nothing of it is left in the database. Correct it and migrate again.'
    : 'The statements before it are applied. Mend the cause and migrate again to go on from there, or undo them with rollback.';
  await session
    .reset()
    .then(() => books.fail(file.id, text))
    .then(() => books.remember(file.id, file.down, text))
    .catch(() => undefined);
  return new Failure(`${file.id} failed: ${text}\n${left}`);
}

/** Keeps the stored ways back equal to the reviewed ones, also for what Prisma's own CLI applied. */
async function rememberWaysBack(books: Bookkeeping, plan: Plan, files: readonly MigrationFile[]): Promise<void> {
  for (const row of plan.applied) {
    const file = files.find((candidate) => candidate.id === row.id);
    if (file?.down === undefined || plan.journal.get(row.id)?.down === file.down) continue;
    await books.remember(row.id, file.down, undefined);
  }
}
