import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDriver } from '../../src/platform/database/driver.mysql.js';
import { settingsOf } from '../../src/platform/mysql-url/settings.js';
import { provider } from '../../tools/database/provider.mysql.js';
import type { Facts } from '../../tools/secrets/facts.js';
import { rotate } from '../../tools/secrets/rotate.js';
import type { SecretStore } from '../../tools/secrets/store.js';
import { mysqlLogins } from '../../tools/secrets-mysql/logins.js';
import { eventually } from '../migrations/runners.js';
import { serverOfLane } from '../tools/lane.js';
import { declarations, fileStore, Load, Web } from './web-under-load.js';

const server = serverOfLane('mariadb', 'TEST_MARIADB_URL');

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

if (server === undefined) it.skip('needs TEST_MARIADB_URL');
else
  describe('secrets:rotate of the password of MariaDB', { timeout: 60_000 }, () => {
    let login: string;
    let database: string;
    /** Makes logins and is no root, as the administrators of managed databases. */
    let adminUrl: string;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'rotate-mariadb-'));
      database = (await provider.create(server, `t_${randomBytes(6).toString('hex')}`)).replace('mariadb:', 'mysql:');
      await query(database, 'CREATE TABLE note (id INT AUTO_INCREMENT PRIMARY KEY, text TEXT)');
    });
    beforeEach(async () => {
      login = `app_${randomBytes(4).toString('hex')}`;
      adminUrl = as(`admin_${login}`, 'admin');
      const name = new URL(database).pathname.slice(1);
      await query(database, `CREATE USER 'admin_${login}'@'%' IDENTIFIED BY 'admin'`);
      await query(database, `GRANT CREATE USER, RELOAD ON *.* TO 'admin_${login}'@'%'`);
      await query(database, `GRANT SELECT ON mysql.* TO 'admin_${login}'@'%'`);
      await query(database, `GRANT ALL ON \`${name}\`.* TO 'admin_${login}'@'%' WITH GRANT OPTION`);
      await query(adminUrl, `CREATE USER '${login}'@'%' IDENTIFIED BY 'x'`);
      await query(adminUrl, `GRANT SELECT, INSERT ON \`${name}\`.* TO '${login}'@'%'`);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function as(user: string, password: string): string {
      const url = new URL(database);
      url.username = user;
      url.password = password;
      return url.href;
    }

    async function query(text: string, sql: string): Promise<Record<string, unknown>[]> {
      const { hostname: host, port, username: user, password, pathname } = new URL(text);
      const connection = await createConnection({
        host,
        port: Number(port),
        user,
        password,
        database: pathname.slice(1),
      });
      try {
        return await connection.query(sql);
      } finally {
        await connection.end();
      }
    }

    const rotateIn = (store: SecretStore, admin = adminUrl): Promise<number> =>
      rotate({
        args: ['DATABASE_URL', 'prod'],
        facts,
        declarations,
        stores: { prod: [store] },
        databaseLogins: [mysqlLogins],
        env: { ADMIN_DATABASE_URL: admin },
        print: () => undefined,
      });

    const users = async (): Promise<string[]> => {
      const rows = await query(
        database,
        `SELECT DISTINCT user FROM information_schema.processlist WHERE user LIKE '${login}%'`,
      );
      return rows.map(({ user }) => String(user)).sort();
    };

    it('fails no request of a service under load, through four rotations', async () => {
      const store = fileStore(join(folder, 'load'), as(login, 'x'));
      const web = await Web.start({
        path: join(folder, 'load'),
        open: (config) => openDriver(config, () => undefined),
        sql: 'INSERT INTO note (text) SELECT VERSION() FROM (SELECT SLEEP(0.005)) AS rest',
      });
      const load = new Load(web.url);
      const seen = new Set<string>();
      for (let rotation = 0; rotation < 4; rotation++) {
        await sleep(500);
        await rotateIn(store);
        await web.refresh();
        const user = new URL(store.url()).username;
        // Whoever was logged in before goes when its last query is done.
        await eventually(async () => (await users()).join() === user);
        seen.add(user);
        await sleep(300);
      }
      const { answered, failures } = await load.stop();
      await web.stop();

      expect(failures).toEqual([]);
      expect(answered).toBeGreaterThan(200);
      expect([...seen].sort()).toEqual([login, `${login}_alt`]);
    });

    it('leaves the login before it valid, and the password before that not', async () => {
      const store = fileStore(join(folder, 'validity'), as(login, 'x'));
      const urls = [store.url()];
      for (let rotation = 0; rotation < 2; rotation++) {
        await rotateIn(store);
        urls.push(store.url());
      }
      const [oldest = '', previous = '', current = ''] = urls;

      expect(await query(current, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(await query(previous, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await expect(query(oldest, 'SELECT 1')).rejects.toThrow('Access denied');
    });

    it('leaves a password that works where two rotate at once', async () => {
      const store = fileStore(join(folder, 'race'), as(login, 'x'));
      // The first to write is slow to, so that the other one could be done before it.
      let writes = 0;
      const slow: SecretStore = {
        ...store,
        write: async (variable, text) => {
          if (writes++ === 0) await sleep(1500);
          return await store.write(variable, text);
        },
      };
      const outcomes = await Promise.allSettled([rotateIn(slow), rotateIn(slow)]);

      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(String(outcomes.find((outcome) => outcome.status === 'rejected')?.reason)).toContain('somebody else');
      expect(await query(store.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    it('makes a second login that may do what the first may, and follows it', async () => {
      const name = new URL(database).pathname.slice(1);
      const store = fileStore(join(folder, 'equal'), as(login, 'x'));
      await rotateIn(store);

      expect(new URL(store.url()).username).toBe(`${login}_alt`);
      await query(store.url(), "INSERT INTO note (text) VALUES ('by the second')");
      await expect(query(store.url(), 'DELETE FROM note')).rejects.toThrow('DELETE command denied');
      await rotateIn(store);
      await query(adminUrl, `GRANT DELETE ON \`${name}\`.* TO '${login}'@'%'`);
      await rotateIn(store);
      await query(store.url(), 'DELETE FROM note WHERE id < 0');
    });

    it('shows the password to no log of the server', async () => {
      const store = fileStore(join(folder, 'log'), as(login, 'x'));
      await query(server, 'SET GLOBAL log_output = "TABLE"');
      await query(server, 'SET GLOBAL general_log = ON');
      try {
        await rotateIn(store);
      } finally {
        await query(server, 'SET GLOBAL general_log = OFF');
      }
      const log = JSON.stringify(
        await query(server, 'SELECT CAST(argument AS CHAR) AS sql_text FROM mysql.general_log'),
      );

      expect(log).toContain(`ALTER USER '${login}_alt'`);
      expect(log).not.toContain(new URL(store.url()).password);
    });

    it('comes encrypted where the URL says so, and says so of the login that takes its turn', async () => {
      const strict = `?sslaccept=strict&ssl-ca=${process.env['TEST_MARIADB_CA']}`;
      await query(database, `ALTER USER '${login}'@'%' REQUIRE SSL`);
      await query(database, `ALTER USER 'admin_${login}'@'%' REQUIRE SSL`);
      const plain = fileStore(join(folder, 'plain'), as(login, 'x'));
      await expect(rotateIn(plain, adminUrl + strict)).rejects.toThrow('The login in use does not work: Access denied');
      const store = fileStore(join(folder, 'encrypted'), as(login, 'x') + strict);
      await expect(rotateIn(store)).rejects.toThrow('As the administrator: Access denied');
      await rotateIn(store, adminUrl + strict);

      expect(store.url()).toMatch(new RegExp(`//${login}_alt:.*sslaccept=strict`));
      await expect(query(store.url(), 'SELECT 1')).rejects.toThrow('Access denied');
      const connection = await createConnection(settingsOf(store.url()));
      await connection.end();
    });

    it('takes no login of somebody else for the second', async () => {
      await query(database, `CREATE USER '${login}_alt'@'%' IDENTIFIED BY 'theirs'`);
      await query(database, `GRANT DROP ON \`${new URL(database).pathname.slice(1)}\`.* TO '${login}_alt'@'%'`);
      const store = fileStore(join(folder, 'other'), as(login, 'x'));

      await expect(rotateIn(store)).rejects.toThrow(`${login}_alt is there, but may do what ${login} may not`);
      expect(await query(as(`${login}_alt`, 'theirs'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(store.url()).toBe(as(login, 'x'));
    });

    it('says what the administrator lacks, without the statement, and changes nothing', async () => {
      const store = fileStore(join(folder, 'rights'), as(login, 'x'));
      const refused = async (admin: string) => {
        const error = await rotateIn(store, admin).then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        return error?.message ?? '';
      };

      expect(await refused(as(login, 'x'))).toMatch(/^As the administrator: .*denied/);
      expect(await refused(as(`admin_${login}`, 'wrong-password'))).toMatch(/^As the administrator: Access denied/);
      const nowhere = new URL(adminUrl);
      nowhere.port = '1';
      expect(await refused(nowhere.href)).toMatch(/^As the administrator: .*(ECONNREFUSED|ER_)/);
      const dead = fileStore(join(folder, 'dead'), as(login, 'not-the-password'));
      await expect(rotateIn(dead)).rejects.toThrow(/^The login in use does not work: Access denied/);
      expect(store.url()).toBe(as(login, 'x'));
    });
  });
