/** The text of a `down.sql`: what running it loses stands at its top, for people and for the runner. */
export function wayBackOf(sql: string, losses: readonly string[], remarks: readonly string[] = []): string {
  const head =
    losses.length === 0
      ? []
      : ['migration: lossy', 'This way back loses data:', ...losses.map((loss) => `  - ${loss}`)];
  const comments = [...head, ...remarks].map((line) => `-- ${line}\n`).join('');
  const body = sql.trim() === '' ? '-- Nothing to undo in the schema.' : sql.trim();
  return `${comments}${comments === '' ? '' : '\n'}${body}\n`;
}
