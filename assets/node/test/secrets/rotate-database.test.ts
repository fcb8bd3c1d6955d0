import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDriver } from '../../src/platform/database/driver.postgresql.js';
import { inDatabase, provider } from '../../tools/database/provider.postgresql.js';
import type { Facts } from '../../tools/secrets/facts.js';
import { rotate } from '../../tools/secrets/rotate.js';
import type { SecretStore } from '../../tools/secrets/store.js';
import { RoleLock } from '../../tools/secrets-postgresql/lock.js';
import { postgresqlLogins } from '../../tools/secrets-postgresql/logins.js';
import { eventually } from '../migrations/runners.js';
import { ScratchService } from '../tools/scratch-service.js';
import { declarations, fileStore, Load, Web } from './web-under-load.js';

const facts: Facts = {
  service: 'orders',
  environments: ['prod'],
  variables: [
    {
      name: 'DATABASE_URL',
      secret: true,
      states: { prod: 'referenced' },
      rotation: { method: 'database login', days: 90, overlap: true },
    },
  ],
};

const service = new ScratchService('postgresql');
const login = `app_${randomUUID().slice(0, 8)}`;
let held: { url: string; release(): Promise<void> };
/** Creates roles, and is no superuser, as the administrators of managed databases. */
let adminUrl: string;
let database: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-database-'));
  held = await service.holdDatabase();
  database = await provider.create(held.url, `rotate_${randomUUID()}`);
  adminUrl = as(`admin_${login}`, 'admin');
  await query(database, `CREATE ROLE "admin_${login}" LOGIN CREATEROLE PASSWORD 'admin'`);
  await query(adminUrl, `CREATE ROLE "${login}" LOGIN PASSWORD 'first'`);
  await query(adminUrl, `ALTER ROLE "${login}" SET statement_timeout = '7s'`);
  await query(database, `CREATE TABLE note (id SERIAL PRIMARY KEY, text TEXT)`);
  await query(
    database,
    `GRANT SELECT, INSERT ON note TO "${login}"; GRANT USAGE ON SEQUENCE note_id_seq TO "${login}"`,
  );
  await query(database, `GRANT CREATE ON SCHEMA public TO "${login}"`);
}, 60_000);

afterAll(async () => {
  await held.release();
  service.remove();
  rmSync(folder, { recursive: true, force: true });
});

function as(user: string, password: string): string {
  const url = new URL(database);
  url.username = user;
  url.password = password;
  return url.href;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const END_LOCKS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE usename = current_user AND state = 'idle in transaction'`;

/** Who is logged in. */
async function users(): Promise<string[]> {
  const rows = await query(database, `SELECT DISTINCT usename FROM pg_stat_activity WHERE usename LIKE '${login}%'`);
  return rows.map(({ usename }) => String(usename));
}

function rotateIn(store: SecretStore, admin = adminUrl): Promise<number> {
  return rotate({
    args: ['DATABASE_URL', 'prod'],
    facts,
    declarations,
    stores: { prod: [store] },
    databaseLogins: [postgresqlLogins],
    env: { ADMIN_DATABASE_URL: admin },
    print: () => undefined,
  });
}

describe('secrets:rotate of the database password', { timeout: 60_000 }, () => {
  it('fails no request of a service under load, through four rotations', async () => {
    const store = fileStore(join(folder, 'load'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    const web = await Web.start({
      path: join(folder, 'load'),
      open: (config) => openDriver(config, () => undefined, 1),
      sql: "INSERT INTO note (text) SELECT current_setting('server_version') FROM pg_sleep(0.005) RETURNING id",
    });
    const load = new Load(web.url);
    const seen = new Set<string>();
    for (let rotation = 0; rotation < 4; rotation++) {
      await sleep(1500);
      await rotateIn(store);
      // As the service does from time to time.
      await web.refresh();
      const user = new URL(store.url()).username;
      await eventually(async () => (await users()).includes(user));
      seen.add(user);
      await sleep(500);
    }
    const { answered, failures } = await load.stop();
    await web.stop();

    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(500);
    // Both logins were really in use, each with passwords that came later.
    expect([...seen].sort()).toEqual([login, `${login}_alt`]);
    expect(new URL(store.url()).username).toBe(login);
  });

  it('leaves the login before it valid, and the one before that not', async () => {
    const store = fileStore(join(folder, 'validity'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    const urls = [store.url()];
    for (let rotation = 0; rotation < 2; rotation++) {
      await rotateIn(store);
      urls.push(store.url());
    }
    const [oldest = '', previous = '', current = ''] = urls;

    expect(await query(current, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(previous, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(query(oldest, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  // Roles belong to the server, so two who rotate one need not be in the same database.
  it.each([
    ['one database', () => adminUrl],
    ['two databases', () => inDatabase(adminUrl, 'postgres')],
  ])('leaves a password that works where two rotate at once, in %s', async (name, other) => {
    const store = fileStore(join(folder, `race in ${name}`), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    // The first to write is slow to, so that the other one could be done before it.
    let writes = 0;
    const slow: SecretStore = {
      ...store,
      write: async (variable, text) => {
        if (writes++ === 0) await sleep(1500);
        return await store.write(variable, text);
      },
    };
    const outcomes = await Promise.allSettled([rotateIn(slow), rotateIn(slow, other())]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String(outcomes.find((outcome) => outcome.status === 'rejected')?.reason)).toContain('somebody else');
    expect(await query(store.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('makes the second login once where two rotate for the first time', async () => {
    const fresh = `fresh_${randomUUID().slice(0, 8)}`;
    await query(adminUrl, `CREATE ROLE "${fresh}" LOGIN PASSWORD 'x'`);
    const store = fileStore(join(folder, 'fresh'), as(fresh, 'x'));
    const outcomes = await Promise.allSettled([rotateIn(store), rotateIn(store, inDatabase(adminUrl, 'postgres'))]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String(outcomes.find((outcome) => outcome.status === 'rejected')?.reason)).toContain('somebody else');
    expect(await query(store.url(), 'SELECT session_user AS name')).toEqual([{ name: `${fresh}_alt` }]);
  });

  it('says that somebody else is rotating, and leaves the comments of roles as they are', async () => {
    const noted = `noted_${randomUUID().slice(0, 8)}`;
    await query(adminUrl, `CREATE ROLE "${noted}" LOGIN PASSWORD 'x'; COMMENT ON ROLE "${noted}" IS 'of orders'`);
    const store = fileStore(join(folder, 'noted'), as(noted, 'x'));
    await rotateIn(store);
    await query(adminUrl, `COMMENT ON ROLE "${noted}_alt" IS 'of orders, too'`);
    const held = await RoleLock.take(adminUrl, `${noted}_alt`);
    await expect(RoleLock.take(inDatabase(adminUrl, 'postgres'), `${noted}_alt`, 200)).rejects.toThrow(
      `Somebody else is rotating ${noted}_alt at this moment.`,
    );
    await held.release();
    await rotateIn(store);

    const comments = "SELECT shobj_description(oid, 'pg_authid') AS text FROM pg_roles WHERE rolname LIKE $$NOTED%$$";
    expect(await query(database, `${comments.replace('NOTED', noted)} ORDER BY rolname`)).toEqual([
      { text: 'of orders' },
      { text: 'of orders, too' },
    ]);
  });

  it('holds its lock however long the store takes', async () => {
    const hasty = new URL(adminUrl);
    hasty.searchParams.set('options', '-c idle_in_transaction_session_timeout=300');
    const held = await RoleLock.take(hasty.href, login);
    await sleep(600);
    await held.confirm();
    await held.release();
  });

  it('writes nothing to the store where it lost its lock', async () => {
    const store = fileStore(join(folder, 'lost'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    let reads = 0;
    const cut: SecretStore = {
      ...store,
      read: async () => {
        // The third time it holds the lock.
        if (++reads === 3) await query(adminUrl, END_LOCKS);
        return store.url();
      },
    };

    await expect(rotateIn(cut)).rejects.toThrow(/^As the administrator: /);
    expect(reads).toBe(3);
    expect(store.url()).toBe(as(login, 'x'));
    expect(await query(store.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('makes a second login that is the first one in all but name', async () => {
    const store = fileStore(join(folder, 'equal'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    await rotateIn(store);
    const url = store.url();

    expect(new URL(url).username).toBe(`${login}_alt`);
    expect(await query(url, 'SHOW statement_timeout')).toEqual([{ statement_timeout: '7s' }]);
    await query(url, 'CREATE TABLE made_by_alternate (id INT)');
    expect(await query(database, "SELECT tableowner FROM pg_tables WHERE tablename = 'made_by_alternate'")).toEqual([
      { tableowner: login },
    ]);
  });

  it('shows the password to no log of the server', async () => {
    const store = fileStore(join(folder, 'log'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);
    const seen: string[] = [];
    const { query: original } = pg.Client.prototype;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      seen.push(JSON.stringify(args[0]));
      return Reflect.apply(original, this, args);
    } as typeof original;
    try {
      await rotateIn(store);
    } finally {
      pg.Client.prototype.query = original;
    }

    expect(seen.join()).toContain('SCRAM-SHA-256$');
    expect(seen.join()).not.toContain(new URL(store.url()).password);
  });

  it('takes no role of somebody else for the second login', async () => {
    const other = `other_${randomUUID().slice(0, 8)}`;
    await query(
      adminUrl,
      `CREATE ROLE "${other}" LOGIN PASSWORD 'x'; CREATE ROLE "${other}_alt" LOGIN PASSWORD 'theirs'`,
    );
    const store = fileStore(join(folder, 'other'), as(other, 'x'));

    await expect(rotateIn(store)).rejects.toThrow(`${other}_alt is there, but is no member of ${other}`);
    expect(await query(as(`${other}_alt`, 'theirs'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(store.url()).toBe(as(other, 'x'));
  });

  it('says what the administrator lacks, and changes nothing', async () => {
    const store = fileStore(join(folder, 'rights'), as(login, 'x'));
    await query(adminUrl, `ALTER ROLE "${login}" PASSWORD 'x'`);

    await expect(rotateIn(store, as(login, 'x'))).rejects.toThrow(
      /^As the administrator: (permission denied|must have CREATEROLE)/,
    );
    await expect(rotateIn(store, as(login, 'wrong'))).rejects.toThrow('password authentication failed');
    const nowhere = new URL(adminUrl);
    nowhere.port = '1';
    await expect(rotateIn(store, nowhere.href)).rejects.toThrow('ECONNREFUSED');
    expect(store.url()).toBe(as(login, 'x'));
  });
});
