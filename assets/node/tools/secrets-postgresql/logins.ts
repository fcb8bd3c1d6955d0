import pg from 'pg';
import { Failure } from '../secrets/failure.js';
import type { DatabaseLogins } from '../secrets/rotation.js';
import { newPassword } from '../secrets-logins/new-password.js';
import { type Renewal, rotateLogin } from '../secrets-logins/rotate-login.js';
import { alternateOf, loginOf, turnOf } from '../secrets-logins/turns.js';
import { scramVerifier } from './password.js';

const PATIENT = { connectionTimeoutMillis: 10_000, query_timeout: 10_000 };

export const postgresqlLogins: DatabaseLogins = {
  schemes: ['postgresql', 'postgres'],
  rotate: (rotation) => rotateLogin(rotation, renew),
};

/**
 * The login of the URL and its alternate take turns. While one is in use the other gets a new password, so that there is no moment
 * at which a process, however late it hears of the change, has a password that does not work.
 */
async function renew({ url, adminUrl, confirm, commit }: Renewal): Promise<void> {
  const { base, next } = turnOf(loginOf(url));
  const renewed = new URL(url);
  renewed.username = next;
  renewed.password = newPassword();
  const admin = new pg.Client({ connectionString: adminUrl, ...PATIENT });
  // Lost while it only holds the lock, it fails nothing.
  admin.on('error', () => undefined);
  try {
    // Two rotations at once would leave a password in the store that the database does not have.
    await asAdmin(() => lock(admin, base));
    await confirm();
    await asAdmin(() => setPassword(admin, base, next, renewed.password));
    await proveLogin(renewed.href, next);
    await commit(renewed.href);
  } finally {
    await admin.end().catch(() => undefined);
  }
}

/** Until the connection ends. */
async function lock(admin: pg.Client, base: string): Promise<void> {
  await admin.connect();
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [`rotate ${base}`]);
}

async function setPassword(admin: pg.Client, base: string, next: string, password: string): Promise<void> {
  await ensure(admin, base, next);
  await admin.query(`ALTER ROLE ${name(next)} LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
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
  if (next === base || names.includes(alternate)) {
    const { rows } = await admin.query<{ is: boolean }>("SELECT pg_has_role($1, $2, 'MEMBER') AS is", [
      alternate,
      base,
    ]);
    if (rows[0]?.is !== true) {
      throw new Failure(
        `${alternate} is there, but is no member of ${base}: it is somebody else's. Rename one of the two.`,
      );
    }
    return;
  }
  await admin.query(`CREATE ROLE ${name(alternate)} IN ROLE ${name(base)}`);
  // What it makes belongs to the first, as if there were only one.
  await admin.query(`ALTER ROLE ${name(alternate)} SET role = ${name(base)}`);
  await copySettings(admin, base, alternate);
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

async function asAdmin(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`As the administrator: ${reason(error)}.`);
  }
}

/** Before anybody is told of it. */
async function proveLogin(url: string, login: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, ...PATIENT });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw new Failure(
      `${login} cannot log in with its new password, so nothing is changed in the store: ${reason(error)}.`,
    );
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
