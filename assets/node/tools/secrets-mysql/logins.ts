import { type Connection, createConnection } from 'mariadb';
import { settingsOf } from '../../src/platform/mysql-url/settings.js';
import { UrlProblem } from '../../src/platform/url-problem/problem.js';
import { Failure } from '../secrets/failure.js';
import type { DatabaseLogins } from '../secrets/rotation.js';
import { type Renewal, rotateLogin } from '../secrets-logins/rotate-login.js';
import { alternateOf, loginOf, turnOf } from '../secrets-logins/turns.js';
import { grantsOf, requirementOf } from './account.js';
import { nativeHash } from './password.js';

const PATIENCE = 10_000;

export const mysqlLogins: DatabaseLogins = {
  schemes: ['mysql', 'mariadb'],
  rotate: (rotation) => rotateLogin(rotation, { renew, refusalOf }),
};

/**
 * The login of the URL and its alternate take turns, as on PostgreSQL. MySQL could keep two passwords of one login; MariaDB cannot.
 */
async function renew({ url, adminUrl, password, isNew, confirm, prove, commit }: Renewal): Promise<void> {
  const current = loginOf(url);
  const { base, next } = turnOf(current);
  const host = await hostOf(url);
  const admin = await asAdmin(() => open(adminUrl));
  // Lost while it only holds the lock, it fails nothing.
  admin.on('error', () => undefined);
  try {
    // Two rotations at once would leave a password in the store that the database does not have.
    await asAdmin(() => lock(admin, base));
    await confirm();
    await asAdmin(async () => {
      await ensure(admin, host, base, next, current);
      if (isNew) await setPassword(admin, account(admin, next, host), password);
    });
    await prove();
    await commit();
  } finally {
    await admin.end().catch(() => undefined);
  }
}

/** Until the connection ends. */
async function lock(admin: Connection, base: string): Promise<void> {
  const [{ held }] = await admin.query<[{ held: number | bigint | null }]>('SELECT GET_LOCK(?, ?) AS held', [
    `rotate ${base}`.slice(0, 64),
    PATIENCE / 1000,
  ]);
  if (Number(held) !== 1) throw new Failure(`Somebody else is rotating ${base} at this moment. Try again later.`);
}

/** Where the login may come from is part of its name; only the server knows which of several it was. */
async function hostOf(url: string): Promise<string> {
  let connection: Connection | undefined;
  try {
    connection = await open(url);
    const [{ who }] = await connection.query<[{ who: string }]>('SELECT CURRENT_USER() AS who');
    return who.slice(who.lastIndexOf('@') + 1);
  } catch (error) {
    throw new Failure(`The login in use does not work: ${reason(error)}.`);
  } finally {
    await connection?.end().catch(() => undefined);
  }
}

/** Makes the alternate the first time, and gives it what the one in use may do; takes no login of somebody else for it. */
async function ensure(admin: Connection, host: string, base: string, next: string, current: string): Promise<void> {
  const grants = await grantsOf(admin, current, host);
  const target = account(admin, next, host);
  if (await exists(admin, next, host)) {
    const rights = async (user: string) => (await grantsOf(admin, user, host)).flatMap((grant) => grant.rights);
    const known = await rights(base);
    if ((await rights(alternateOf(base))).some((right) => !known.includes(right))) {
      throw new Failure(
        `${alternateOf(base)} is there, but may do what ${base} may not: it is somebody else's, or rights were taken from one of the two only.`,
      );
    }
  } else if (next === base) {
    throw new Failure(`The database has no login ${base}, which ${current} would take turns with.`);
  } else {
    await admin.query(`CREATE USER ${target} ${await requirementOf(admin, current, host)}`);
  }
  for (const { to } of grants) await admin.query(to(target));
}

/**
 * MariaDB is sent what it keeps of the password, so that no log of it has the password itself. MySQL may have switched that kind of
 * password off, and masks it in its logs.
 */
async function setPassword(admin: Connection, target: string, password: string): Promise<void> {
  const [{ version }] = await admin.query<[{ version: string }]>('SELECT VERSION() AS version');
  const how = /mariadb/i.test(version)
    ? `IDENTIFIED VIA mysql_native_password USING '${nativeHash(password)}'`
    : `IDENTIFIED BY ${admin.escape(password)}`;
  await admin.query(`ALTER USER ${target} ${how}`);
}

async function exists(admin: Connection, user: string, host: string): Promise<boolean> {
  const rows = await admin.query<object[]>('SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?', [user, host]);
  return rows.length > 0;
}

function account(admin: Connection, user: string, host: string): string {
  return `${admin.escape(user)}@${admin.escape(host)}`;
}

async function asAdmin<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`As the administrator: ${reason(error)}.`);
  }
}

async function refusalOf(url: string): Promise<string | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await open(url);
    await connection.query('SELECT 1');
    return undefined;
  } catch (error) {
    return reason(error);
  } finally {
    await connection?.end().catch(() => undefined);
  }
}

async function open(text: string): Promise<Connection> {
  return await createConnection({ ...settingsOf(text), connectTimeout: PATIENCE, socketTimeout: 2 * PATIENCE });
}

/** The driver's message has the statement in it, which has what is kept of a password; the server's own sentence has not. */
function reason(error: unknown): string {
  if (error instanceof UrlProblem) return error.message.replace(/\.$/, '');
  const { sqlMessage, code, name } = error as { sqlMessage?: string; code?: string; name: string };
  return sqlMessage || code || name;
}
