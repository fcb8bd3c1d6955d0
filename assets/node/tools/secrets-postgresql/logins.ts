import pg from 'pg';
import { Failure } from '../secrets/failure.js';
import type { DatabaseLogins } from '../secrets/rotation.js';
import { type Renewal, rotateLogin } from '../secrets-logins/rotate-login.js';
import { alternateOf, loginOf, turnOf } from '../secrets-logins/turns.js';
import { RoleLock } from './lock.js';
import { scramVerifier } from './password.js';

const PATIENT = { connectionTimeoutMillis: 10_000, query_timeout: 10_000 };
/** What PostgreSQL says of a role that is there already, and of one that somebody makes at the same moment. */
const TAKEN = ['42710', '23505'];

export const postgresqlLogins: DatabaseLogins = {
  schemes: ['postgresql', 'postgres'],
  rotate: (rotation) => rotateLogin(rotation, { renew, refusalOf }),
};

/**
 * The login of the URL and its alternate take turns. While one is in use the other gets a new password, so that there is no moment
 * at which a process, however late it hears of the change, has a password that does not work.
 */
async function renew({ url, adminUrl, password, isNew, confirm, prove, commit }: Renewal): Promise<void> {
  const { base, next } = turnOf(loginOf(url));
  await asAdmin(adminUrl, (admin) => ensure(admin, base, next));
  // Two rotations at once would leave a password in the store that the database does not have.
  const lock = await explained(() => RoleLock.take(adminUrl, alternateOf(base)));
  try {
    await confirm();
    if (isNew) await asAdmin(adminUrl, (admin) => setPassword(admin, next, password));
    await prove();
    await explained(() => lock.confirm());
    await commit();
  } finally {
    await lock.release();
  }
}

async function setPassword(admin: pg.Client, login: string, password: string): Promise<void> {
  await admin.query(`ALTER ROLE ${name(login)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
}

/** Makes the alternate the first time; takes no role of somebody else for it. */
async function ensure(admin: pg.Client, base: string, next: string): Promise<void> {
  const known = await admin.query<{ rolname: string }>('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [
    [base, next],
  ]);
  const names = known.rows.map(({ rolname }) => rolname);
  if (!names.includes(base))
    throw new Failure(`The database has no login ${base}, which ${next} would take turns with.`);
  const alternate = alternateOf(base);
  if (next !== base && !names.includes(alternate) && (await makeAlternate(admin, base, alternate))) return;
  const { rows } = await admin.query<{ is: boolean }>("SELECT pg_has_role($1, $2, 'MEMBER') AS is", [alternate, base]);
  if (rows[0]?.is !== true) {
    throw new Failure(
      `${alternate} is there, but is no member of ${base}: it is somebody else's. Rename one of the two.`,
    );
  }
}

/** All of it or nothing; false where another rotation was faster. */
async function makeAlternate(admin: pg.Client, base: string, alternate: string): Promise<boolean> {
  await admin.query('BEGIN');
  try {
    await admin.query(`CREATE ROLE ${name(alternate)} IN ROLE ${name(base)}`);
    // What it makes belongs to the first, as if there were only one.
    await admin.query(`ALTER ROLE ${name(alternate)} SET role = ${name(base)}`);
    await copySettings(admin, base, alternate);
    await admin.query('COMMIT');
    return true;
  } catch (error) {
    await admin.query('ROLLBACK').catch(() => undefined);
    if (TAKEN.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

/** Settings of a role apply to who logs in as it, not to its members. */
async function copySettings(admin: pg.Client, from: string, to: string): Promise<void> {
  const { rows } = await admin.query<{ setting: string }>(
    `SELECT unnest(setconfig) AS setting FROM pg_db_role_setting
     WHERE setdatabase = 0 AND setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)`,
    [from],
  );
  for (const { setting } of rows) {
    const [key = '', ...value] = setting.split('=');
    await admin.query(`ALTER ROLE ${name(to)} SET ${name(key)} = ${pg.escapeLiteral(value.join('='))}`);
  }
}

async function asAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  await explained(async () => {
    const admin = new pg.Client({ connectionString: adminUrl, ...PATIENT });
    admin.on('error', () => undefined);
    try {
      await admin.connect();
      await work(admin);
    } finally {
      await admin.end().catch(() => undefined);
    }
  });
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`As the administrator: ${reason(error)}.`);
  }
}

async function refusalOf(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, ...PATIENT });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return reason(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function name(identifier: string): string {
  return pg.escapeIdentifier(identifier);
}

/** A connection to several addresses fails with an error that has no message of its own. */
function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}
