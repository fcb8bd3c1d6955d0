import type pg from 'pg';

/** Everything a migration can make, in words that name it rather than number it. */
const QUERIES = [
  `SELECT format('column %s.%s.%s %s%s default %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
     CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, pg_get_expr(d.adbin, d.adrelid),
     nullif(' identity ' || a.attidentity::text, ' identity '), nullif(' generated ' || a.attgenerated::text, ' generated '))
   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  `SELECT format('constraint %s on %s: %s', o.conname, o.conrelid::regclass, pg_get_constraintdef(o.oid))
   FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE o.conrelid <> 0 AND o.contype <> 'n'`,
  `SELECT format('index %s: %s%s', c.relname, pg_get_indexdef(i.indexrelid), CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END)
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE true`,
  `SELECT format('enum %s.%s: %s', n.nspname, t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumlabel))
   FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE true`,
  `SELECT format('view %s.%s: %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')`,
  `SELECT format('function %s', pg_get_functiondef(p.oid))
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
  `SELECT format('extension %s', e.extname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE true`,
  `SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal`,
  `SELECT format('sequence %s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'S'`,
  `SELECT format('policy %s on %s: %s %s', p.polname, p.polrelid::regclass, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
   FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE true`,
];

const OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";
const BOOKKEEPING = /_prisma_migrations|_migration_journal/;
const GROUPED = /string_agg/;

export async function describeSchema(client: pg.Client): Promise<string[]> {
  const lines: string[] = [];
  for (const query of QUERIES) {
    const grouping = GROUPED.test(query) ? ' GROUP BY n.nspname, t.typname' : '';
    const { rows } = await client.query<string[]>({ text: `${query} AND ${OURS}${grouping}`, rowMode: 'array' });
    lines.push(...rows.map(([line]) => line ?? ''));
  }
  return lines.filter((line) => !BOOKKEEPING.test(line)).sort();
}
