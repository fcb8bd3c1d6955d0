import type { Connection } from 'mariadb';

const QUERIES = [
  `SELECT CONCAT_WS(' ', 'column', c.table_name, column_name, column_type, is_nullable, column_default, extra, collation_name) AS line, c.table_name AS owner
   FROM information_schema.columns c WHERE c.table_schema = DATABASE()`,
  `SELECT CONCAT_WS(' ', 'index', table_name, index_name, seq_in_index, column_name, sub_part, non_unique, index_type) AS line, table_name AS owner
   FROM information_schema.statistics WHERE table_schema = DATABASE()`,
  `SELECT CONCAT_WS(' ', 'foreign key', k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule) AS line, k.table_name AS owner
   FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
     ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
   WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL`,
  `SELECT CONCAT_WS(' ', 'view', table_name, view_definition) AS line, table_name AS owner FROM information_schema.views WHERE table_schema = DATABASE()`,
  `SELECT CONCAT_WS(' ', 'routine', routine_name, routine_definition) AS line, '' AS owner FROM information_schema.routines WHERE routine_schema = DATABASE()`,
  `SELECT CONCAT_WS(' ', 'trigger', trigger_name, event_object_table, action_statement) AS line, '' AS owner FROM information_schema.triggers WHERE trigger_schema = DATABASE()`,
];

export async function describeSchema(connection: Connection): Promise<string[]> {
  const lines: string[] = [];
  for (const sql of QUERIES) {
    const rows: { line: string; owner: string }[] = await connection.query(sql);
    lines.push(
      ...rows.filter(({ owner }) => !/^_(prisma_migrations|migration_journal)$/.test(owner)).map(({ line }) => line),
    );
  }
  return lines.sort();
}
