import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.sqlite.js';
import { migrate } from '../../src/platform/migrations/migrate.js';
import { ScratchService } from '../tools/scratch-service.js';
import { describeRunner, file, SETTINGS } from './behaviour.js';
import { eventually, startRunner } from './runners.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
let count = 0;
const url = async () => {
  count += 1;
  return `file:${join(folder, `${count}.db`)}`;
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the runner on SQLite', () => {
  describeRunner(driver, url);

  it('keeps the rows of other tables while one is made anew, although dropping it would cascade', async () => {
    const place = await url();
    const session = await driver.open(place, SETTINGS);
    const options = { url: place, wait: 0, report: () => undefined };
    const tables = file(
      '1_tables',
      `CREATE TABLE parent (id INTEGER PRIMARY KEY, note TEXT);
       CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE);
       INSERT INTO parent VALUES (1, 'x'); INSERT INTO child VALUES (1, 1);`,
    );
    const redefine = file(
      '2_redefine',
      `PRAGMA defer_foreign_keys=ON; PRAGMA foreign_keys=OFF;
       CREATE TABLE new_parent (id INTEGER PRIMARY KEY);
       INSERT INTO new_parent SELECT id FROM parent; DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent;
       PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=OFF;`,
    );
    await migrate(session, [tables, redefine], options);
    expect(await session.query('SELECT count(*) AS n FROM child')).toEqual([{ n: 1 }]);

    const orphans = file('3_orphans', 'DELETE FROM parent;');
    await expect(migrate(session, [tables, redefine, orphans], options)).rejects.toThrow(
      /Rows would point at rows that do not exist: child row 1 to parent/,
    );
    await session.close();
  });

  it('applies each migration exactly once when five start together, and after one was killed', async () => {
    const service = new ScratchService('sqlite');
    const place = `file:${join(service.root, 'five.db')}`;
    service.migration('1_log', 'CREATE TABLE log (id INT);');
    const slow =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT count(*) FROM n;';
    for (const id of ['2', '3', '4']) service.migration(`${id}_row`, `INSERT INTO log VALUES (${id}); ${slow}`);
    const killed = startRunner(service, place);
    await eventually(async () => killed.output().includes('applied 1_log'));
    killed.kill();
    // The others wait as long as the first one takes, and that is the machine's affair.
    const patient = { MIGRATION_LOCK_TIMEOUT: '30s' };
    const runs = await Promise.all(
      Array.from({ length: 5 }, () => startRunner(service, place, ['migrate'], patient).done),
    );
    expect(runs.map(({ code, output }) => [code, code === 0 ? '' : output])).toEqual(Array(5).fill([0, '']));
    const session = await driver.open(place, SETTINGS);
    expect(await session.query('SELECT id FROM log ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }]);
    expect(await session.query('SELECT count(*) AS n FROM _prisma_migrations')).toEqual([{ n: 4 }]);
    await session.close();
    service.remove();
  }, 60_000);

  it('says which folder is missing', async () => {
    await expect(driver.open(`file:${folder}/none/x.db`, SETTINGS)).rejects.toThrow(
      /The folder of the database .*none.* does not exist/,
    );
  });
});
