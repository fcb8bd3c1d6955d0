/**
 * SQLite changes a table by copying what stays into a new one, and the engine's summary does not say what stays behind:
 * compares the copy with the table as it was.
 */
export function lossesOfRedefinition(sql: string, before: string): string[] {
  return [...sql.matchAll(/INSERT INTO "new_([^"]+)" \([^)]*\) SELECT (.*) FROM/g)].flatMap(
    ([, table = '', copied = '']) => {
      const old = columnsOf(table, before);
      const redefined = columnsOf(`new_${table}`, sql);
      return [...old].flatMap(([name, type]) => {
        if (!copied.includes(`"${name}"`))
          return [`column \`${name}\` of \`${table}\` is dropped with everything in it`];
        const target = redefined.get(name);
        if (target === type || target === 'TEXT') return [];
        return [`column \`${name}\` of \`${table}\` changes its type, which may round, cut or empty values`];
      });
    },
  );
}

/** Names and types of the columns, from the way the engine writes CREATE TABLE. */
function columnsOf(table: string, sql: string): Map<string, string> {
  const body = sql.split(`CREATE TABLE "${table}" (\n`)[1]?.split('\n);')[0] ?? '';
  const columns = [...body.matchAll(/^ +"([^"]+)" (\w+)/gm)];
  return new Map(columns.map(([, name = '', type = '']) => [name, type]));
}
