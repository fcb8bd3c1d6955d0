import { Bookkeeping } from './bookkeeping.js';
import type { MigrationFile } from './files.js';
import { hasMark } from './marks.js';
import { makePlan, type Plan } from './plan.js';
import type { Session } from './session.js';

export async function readPlan(session: Session, files: readonly MigrationFile[]): Promise<Plan> {
  const books = new Bookkeeping(session);
  return makePlan(files, await books.applied(), await books.journal());
}

/** Whether the database is exactly where this version of the service wants it, or ahead of it. */
export function isUpToDate(plan: Plan): boolean {
  return [plan.pending, plan.unfinished, plan.edited, plan.missing].every((list) => list.length === 0);
}

export function describe(plan: Plan, files: readonly MigrationFile[]): string[] {
  const lines = plan.applied.map((row) => {
    const notes = [wayBack(plan, files, row.id)];
    if (plan.edited.includes(row.id)) notes.push('CHANGED since it was applied: restore it');
    if (plan.missing.includes(row.id)) notes.push('NOT in the folder: restore it');
    if (plan.newer.includes(row.id)) notes.push('from a newer version');
    return `applied  ${row.id}  (${notes.join('; ')})`;
  });
  for (const row of plan.unfinished) {
    lines.push(`STOPPED  ${row.id}  (${reason(plan, row.id, row.error, row.steps)})`);
  }
  for (const file of plan.pending) {
    if (plan.unfinished.some((row) => row.id === file.id)) continue;
    const error = plan.journal.get(file.id)?.error;
    lines.push(
      error === undefined ? `pending  ${file.id}` : `FAILED   ${file.id}  (nothing of it is applied: ${error})`,
    );
  }
  return lines;
}

function reason(plan: Plan, id: string, error: string | undefined, steps: number): string {
  const what = error ?? plan.journal.get(id)?.error ?? 'the runner was stopped in the middle';
  return `${what}; ${steps} statements done. Migrate again to go on, or undo it with rollback`;
}

function wayBack(plan: Plan, files: readonly MigrationFile[], id: string): string {
  const down = files.find((file) => file.id === id)?.down ?? plan.journal.get(id)?.down;
  if (down === undefined) return 'no way back';
  return hasMark(down, 'lossy') ? 'way back loses data' : 'way back';
}
