import pg from 'pg';
import { sameDatabase } from './shadow-problem.js';

const IDENTITY = `SELECT current_database()::text AS name, pg_postmaster_start_time()::text AS server,
  (SELECT oid FROM pg_database WHERE datname = current_database())::text AS database`;

/** Refuses a shadow database that is the main one, by whatever name it was reached. */
export async function assertDifferent(url: string, shadowUrl: string): Promise<void> {
  const [main, shadow] = await Promise.all([identityOf(url), identityOf(shadowUrl)]);
  if (main.server === shadow.server && main.database === shadow.database) throw sameDatabase(main.name);
}

interface Identity {
  readonly name: string;
  readonly server: string;
  readonly database: string;
}

async function identityOf(url: string): Promise<Identity> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const [row] = (await client.query<Identity>(IDENTITY)).rows;
    if (row === undefined) throw new Error('the server did not say which database this is');
    return row;
  } finally {
    await client.end();
  }
}
