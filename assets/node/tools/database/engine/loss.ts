/** Reads what a change loses out of the engine's summary of it, in words for the person who reviews the migration. */
export function losses(summary: string, sql: string): string[] {
  const found: string[] = [];
  let heading = '';
  let owner = '';
  for (const line of summary.split('\n')) {
    const section = /^\[[-+*]\] (.*)$/.exec(line)?.[1];
    if (section !== undefined) {
      heading = section;
      owner = /`([^`]+)`/.exec(section)?.[1] ?? '';
    }
    found.push(...lossIn(line, heading, owner, sql));
  }
  return found;
}

function lossIn(line: string, heading: string, owner: string, sql: string): string[] {
  const item = /^ {2}- (.+)$/.exec(line)?.[1];
  if (item !== undefined && /^Removed tables/.test(heading)) return [`table \`${item}\` is dropped with all its rows`];
  const name = /`([^`]+)`/.exec(line)?.[1] ?? '';
  if (/^ {2}\[-\] Removed column/.test(line))
    return [`column \`${name}\` of \`${owner}\` is dropped with everything in it`];
  if (/^ {2}\[-\] Removed variant/.test(line))
    return [`value \`${name}\` of \`${owner}\` is dropped; rows that have it stop the migration`];
  if (/dropped and recreated|recreated/.test(line)) return [`column \`${name}\` of \`${owner}\` is made anew, empty`];
  if (/^ {2}\[\*\] Altered column .*(type|arity) changed/.test(line) && !becomesText(name, sql)) {
    return [`column \`${name}\` of \`${owner}\` changes its type, which may round, cut or empty values`];
  }
  return [];
}

/** Every value has a text. */
function becomesText(column: string, sql: string): boolean {
  return sql.includes(`ALTER COLUMN "${column}" SET DATA TYPE TEXT`);
}
