import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.mysql.js';
import type { Row } from '../../src/platform/migrations/session.js';
import { provider } from '../../tools/database/provider.mysql.js';
import { serverOfLane } from '../tools/lane.js';
import { ScratchService } from '../tools/scratch-service.js';
import { describeRunner, SETTINGS } from './behaviour.js';
import { eventually, startRunner } from './runners.js';

const server = serverOfLane('mariadb', 'TEST_MARIADB_URL');
const newDatabase = () => provider.create(server ?? '', `t_${randomBytes(6).toString('hex')}`);

async function query(url: string, sql: string): Promise<Row[]> {
  const session = await driver.open(url, SETTINGS);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}

if (server === undefined) it.skip('needs TEST_MARIADB_URL');
else
  describe('the runner on MariaDB', { timeout: 60_000 }, () => {
    const service = new ScratchService('mysql');
    const only = (id: string, sql: string, down?: string) => {
      service.clear();
      service.migration(id, sql, down);
    };

    afterAll(() => service.remove());

    describeRunner(driver, newDatabase, 'DROP INDEX second_i ON first;');

    it('applies each migration exactly once when five start together', async () => {
      const url = await newDatabase();
      only('1_log', 'CREATE TABLE log (id INT);');
      for (const id of ['2', '3', '4'])
        service.migration(`${id}_row`, `INSERT INTO log VALUES (${id}); DO SLEEP(0.2);`);
      const runs = await Promise.all(Array.from({ length: 5 }, () => startRunner(service, url).done));
      expect(runs.map(({ code, output }) => [code, code === 0 ? '' : output])).toEqual(Array(5).fill([0, '']));
      expect(
        runs
          .map(({ output }) => output)
          .join('')
          .match(/^applied /gm),
      ).toHaveLength(4);
      expect(await query(url, 'SELECT id FROM log ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
    });

    it('goes on after kill -9 where it was, also when a statement had run and was not yet counted', async () => {
      const url = await newDatabase();
      only(
        '1_many',
        'CREATE TABLE a (id INT); CREATE TABLE b (id INT); DO SLEEP(4); CREATE TABLE c (id INT);',
        'DROP TABLE a, b, c;',
      );
      const killed = startRunner(service, url);
      await eventually(
        async () =>
          (await query(url, "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'")).length > 0,
      );
      killed.kill();
      await killed.done;
      const status = await startRunner(service, url, ['status']).done;
      expect(status.code).toBe(2);
      expect(status.output).toMatch(
        /STOPPED {2}1_many {2}\(the runner was stopped in the middle; 2 statements done\. Migrate again to go on/,
      );
      await query(url, 'UPDATE _prisma_migrations SET applied_steps_count = 1');
      expect(await startRunner(service, url).done).toMatchObject({
        code: 0,
        output: expect.stringContaining('applied 1_many'),
      });
      expect(await query(url, "SHOW TABLES LIKE '_'")).toHaveLength(3);
    });

    it('explains a failed migration, and goes on from the statement that failed', async () => {
      const url = await newDatabase();
      only(
        '1_bad',
        'CREATE TABLE a (id INT); INSERT INTO a VALUES (1), (1);\n-- needs unique rows\nCREATE UNIQUE INDEX a_id ON a (id);',
        'DROP TABLE a;',
      );
      const failed = await startRunner(service, url).done;
      expect(failed.code).toBe(1);
      expect(failed.output).toMatch(
        /1_bad failed: statement 3 of 3 failed: CREATE UNIQUE INDEX a_id ON a \(id\)[\s\S]*Duplicate entry[\s\S]*go on from there, or undo them with rollback/,
      );
      await query(url, 'DELETE FROM a LIMIT 1');
      expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    });

    it('undoes the half of a failed migration', async () => {
      const url = await newDatabase();
      only('1_half', 'CREATE TABLE a (id INT); CREATE TABLE b (id INT, INVALID);', 'DROP TABLE b; DROP TABLE a;');
      expect((await startRunner(service, url).done).code).toBe(1);
      only('1_half', 'CREATE TABLE a (id INT); CREATE TABLE b (id INT);', 'DROP TABLE b; DROP TABLE a;');
      expect((await startRunner(service, url).done).output).toMatch(
        /was changed after 1 of its statements were applied/,
      );
      expect(await startRunner(service, url, ['rollback']).done).toMatchObject({ code: 0, output: 'undone 1_half\n' });
      expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
    });

    it('is for the owner of prisma/roles.sql, and its app reads and writes rows and no more', async () => {
      const url = await newDatabase();
      const name = `r_${randomBytes(4).toString('hex')}`;
      const roles = fileURLToPath(new URL('../../../../src/migrations/roles.ts', import.meta.url));
      const { renderRoles } = await import(/* @vite-ignore */ roles);
      const admin = await driver.open(url, SETTINGS);
      await admin.script(renderRoles('mysql', name, false));
      for (const role of ['owner', 'app']) {
        await admin.script(`CREATE USER '${name}_${role}_user'@'%' IDENTIFIED BY 'hush'; GRANT ${name}_${role} TO '${name}_${role}_user'@'%';
          SET DEFAULT ROLE ${name}_${role} FOR '${name}_${role}_user'@'%'`);
      }
      await admin.close();
      const as = (role: string) => url.replace('root@', `${name}_${role}_user:hush@`);
      only('1_one', 'CREATE TABLE orders (id INT PRIMARY KEY);', 'DROP TABLE orders;');
      const refused = await startRunner(service, as('app')).done;
      expect([refused.code, refused.output]).toEqual([
        1,
        expect.stringMatching(/denied[\s\S]*Give MIGRATION_DATABASE_URL a role that owns the schema/),
      ]);
      const owner = { MIGRATION_DATABASE_URL: as('owner') };
      expect(await startRunner(service, as('app'), ['migrate'], owner).done).toMatchObject({ code: 0 });
      const app = await driver.open(as('app'), SETTINGS);
      await app.script('INSERT INTO orders VALUES (1); UPDATE orders SET id = 2; DELETE FROM orders WHERE id = 9');
      for (const ddl of [
        'CREATE TABLE mine (id INT)',
        'DROP TABLE orders',
        'ALTER TABLE orders ADD COLUMN x INT',
        'CREATE INDEX i ON orders (id)',
        'TRUNCATE orders',
        'CREATE DATABASE mine',
      ]) {
        await expect(app.script(ddl), ddl).rejects.toThrow(/denied/);
      }
      expect(await app.query('SELECT id FROM orders')).toEqual([{ id: 2 }]);
      await app.close();
      expect(await startRunner(service, as('app'), ['rollback'], owner).done).toMatchObject({ code: 0 });
    });

    it('keeps a trigger whole', async () => {
      const url = await newDatabase();
      only(
        '1_trigger',
        'CREATE TABLE a (n INT); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.n = NEW.n + 1; SET NEW.n = NEW.n * 2; END; INSERT INTO a VALUES (1);',
      );
      expect(await startRunner(service, url).done).toMatchObject({ code: 0 });
      expect(await query(url, 'SELECT n FROM a')).toEqual([{ n: 4 }]);
    });

    it.each([
      ['nobody listens', () => 'mysql://u:hush@127.0.0.1:1/d', /cannot be reached/],
      ['a wrong password', () => (server ?? '').replace('root@', 'root:hush@'), /refused the credentials/],
      ['no such database', () => provider.beside(server ?? '', 'nowhere'), /has no such database/],
    ])('says so when there is %s', async (_name, url, message) => {
      const { code, output } = await startRunner(service, url()).done;
      expect([code, output]).toEqual([1, expect.stringMatching(message)]);
      expect(output).not.toContain('hush');
    });
  });
