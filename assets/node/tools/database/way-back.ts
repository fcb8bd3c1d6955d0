import type { Change } from './engine/diff.js';

/** Says at the top of a file, for people and for the runner, what running it loses. */
export function withLosses(sql: string, losses: readonly string[], subject: string): string {
  if (losses.length === 0) return `${sql.trim()}\n`;
  const lines = ['migration: lossy', `${subject} loses data:`, ...losses.map((loss) => `  - ${loss}`)];
  return `${lines.map((line) => `-- ${line}`).join('\n')}\n\n${sql.trim()}\n`;
}

/** The text of a `down.sql` from the engine's way back. */
export function wayBackOf(change: Change | undefined, remarks: readonly string[] = []): string {
  const notes = remarks.map((remark) => `-- ${remark}\n`).join('');
  if (change === undefined) return `${notes}-- Nothing to undo in the schema.\n`;
  return withLosses(`${notes}${change.sql.trim()}`, change.losses, 'This way back');
}
