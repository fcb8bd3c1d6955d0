import pg from 'pg';
import type { DatabaseObject } from './objects-interface.js';

const OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

/** What came with an extension goes with it. */
const outside = (oid: string) => `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;

/** Rows of kind, name, definition, and the statements that make and remove it. */
const QUERIES = [
  `SELECT 'extension', extname, extname, format('CREATE EXTENSION IF NOT EXISTS %I;', extname), format('DROP EXTENSION %I;', extname)
   FROM pg_extension WHERE extname <> 'plpgsql'`,
  `SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid), pg_get_functiondef(p.oid) || ';',
     format('DROP %s %s;', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure)
   FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prokind IN ('f', 'p') AND ${OURS} AND ${outside('p.oid')}`,
  `SELECT 'view', c.oid::regclass::text, v.definition,
     format('CREATE %s %s AS %s', v.kind, c.oid::regclass, v.definition), format('DROP %s %s;', v.kind, c.oid::regclass)
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL (
     SELECT pg_get_viewdef(c.oid) AS definition, CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind) v
   WHERE c.relkind IN ('v', 'm') AND ${OURS} AND ${outside('c.oid')}`,
  `SELECT 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass), pg_get_triggerdef(t.oid), pg_get_triggerdef(t.oid) || ';',
     format('DROP TRIGGER %I ON %s;', t.tgname, t.tgrelid::regclass)
   FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT t.tgisinternal AND ${OURS}`,
  `SELECT 'check', format('%I on %s', o.conname, o.conrelid::regclass), pg_get_constraintdef(o.oid),
     format('ALTER TABLE %s ADD CONSTRAINT %I %s;', o.conrelid::regclass, o.conname, pg_get_constraintdef(o.oid)),
     format('ALTER TABLE %s DROP CONSTRAINT %I;', o.conrelid::regclass, o.conname)
   FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE o.contype IN ('c', 'x') AND ${OURS}`,
  `SELECT 'policy', format('%I on %s', o.polname, o.polrelid::regclass),
     concat_ws(' ', o.polcmd, o.polroles::text, pg_get_expr(o.polqual, o.polrelid), pg_get_expr(o.polwithcheck, o.polrelid)),
     format('CREATE POLICY %I ON %s AS %s FOR %s%s%s;', o.polname, o.polrelid::regclass,
       CASE WHEN o.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
       CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
       ' USING (' || pg_get_expr(o.polqual, o.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(o.polwithcheck, o.polrelid) || ')'),
     format('DROP POLICY %I ON %s;', o.polname, o.polrelid::regclass)
   FROM pg_policy o JOIN pg_class c ON c.oid = o.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}`,
  `SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), pg_get_indexdef(i.indexrelid) || ';',
     format('DROP INDEX %s;', i.indexrelid::regclass)
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid)`,
  `SELECT 'default', format('%s.%I', a.attrelid::regclass, a.attname), pg_get_expr(e.adbin, e.adrelid),
     format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s;', a.attrelid::regclass, a.attname, pg_get_expr(e.adbin, e.adrelid)),
     format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT;', a.attrelid::regclass, a.attname)
   FROM pg_attrdef e JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum JOIN pg_class c ON c.oid = a.attrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attgenerated = '' AND ${OURS}`,
];

export async function objectsOf(url: string): Promise<DatabaseObject[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const objects: DatabaseObject[] = [];
    for (const text of QUERIES) {
      const { rows } = await client.query<[DatabaseObject['kind'], string, string, string, string]>({
        text,
        rowMode: 'array',
      });
      objects.push(...rows.map(([kind, name, definition, create, drop]) => ({ kind, name, definition, create, drop })));
    }
    return objects;
  } finally {
    await client.end();
  }
}
