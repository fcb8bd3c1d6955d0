/**
 * SQLite changes a table by copying what stays into a new one, and the engine's summary does not say what stays behind:
 * compares the copy with the table as it was.
 */
export function lossesOfRedefinition(sql: string, before: string): string[] {
  return [...sql.matchAll(/INSERT INTO "new_([^"]+)" \([^)]*\) SELECT (.*) FROM/g)].flatMap(
    ([, table = '', copied = '']) => {
      const old = columnsOf(table, before);
      const redefined = columnsOf(`new_${table}`, sql);
      return [...old].flatMap(([name, definition]) => {
        if (!copied.includes(`"${name}"`))
          return [`column \`${name}\` of \`${table}\` is dropped with everything in it`];
        const target = typeOf(redefined.get(name));
        if (target === typeOf(definition) || target === 'TEXT') return [];
        return [`column \`${name}\` of \`${table}\` changes its type, which may round, cut or empty values`];
      });
    },
  );
}

/** Names of the columns with what follows each, from the way the engine writes CREATE TABLE. */
export function columnsOf(table: string, sql: string): Map<string, string> {
  const body = sql.split(`CREATE TABLE "${table}" (\n`)[1]?.split('\n);')[0] ?? '';
  const columns = [...body.matchAll(/^ +"([^"]+)" (.*?),?$/gm)];
  return new Map(columns.map(([, name = '', definition = '']) => [name, definition]));
}

function typeOf(definition: string | undefined): string | undefined {
  return /^\w+/.exec(definition ?? '')?.[0];
}
