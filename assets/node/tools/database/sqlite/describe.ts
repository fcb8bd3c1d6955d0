import Database from 'libsql';

type Row = Record<string, unknown>;

/** By what tables are made of: the text of CREATE TABLE keeps the history of its changes. */
export function describeSchema(file: string): string[] {
  const database = new Database(file);
  const all = (sql: string, ...parameters: unknown[]) => database.prepare(sql).all(...parameters) as Row[];
  try {
    const objects = all("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").filter(isTheirs);
    const tables = objects.filter(({ type }) => type === 'table').map(({ name }) => String(name));
    const others = objects.filter(({ type }) => type === 'view' || type === 'trigger');
    return [
      ...tables.flatMap((table) => describeTable(table, all)),
      ...others.map(({ type, name, sql }) => `${String(type)} ${String(name)}: ${String(sql)}`),
    ].sort();
  } finally {
    database.close();
  }
}

function describeTable(table: string, all: (sql: string, ...parameters: unknown[]) => Row[]): string[] {
  const columns = all('SELECT * FROM pragma_table_xinfo(?)', table).map(
    ({ name, type, notnull, dflt_value: fallback, pk }) =>
      `column ${table}.${name} ${type}${notnull ? ' not null' : ''} default ${fallback}${pk ? ` key ${pk}` : ''}`,
  );
  const indexes = all('SELECT * FROM pragma_index_list(?)', table).map(({ name, unique, origin }) => {
    const keys = all('SELECT * FROM pragma_index_xinfo(?) WHERE key = 1', name).map(
      (key) => `${key['name']} ${key['desc']}`,
    );
    const title = String(name).startsWith('sqlite_autoindex') ? 'automatic' : name;
    return `index ${title} on ${table} (${keys.join(', ')}) unique ${unique} ${origin}`;
  });
  const keys = all('SELECT * FROM pragma_foreign_key_list(?)', table).map(
    (key) =>
      `foreign key ${table}.${key['from']} to ${key['table']}.${key['to']} ${key['on_update']} ${key['on_delete']}`,
  );
  return [`table ${table}`, ...columns, ...indexes, ...keys];
}

function isTheirs({ name }: Row): boolean {
  return name !== '_prisma_migrations' && name !== '_migration_journal';
}
