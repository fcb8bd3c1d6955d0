import { type Connection, createConnection } from 'mariadb';
import { describe, expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.mysql.js';
import { differences } from '../../src/platform/backup/restore.js';
import { serverOfLane } from '../tools/lane.js';
import { describeFailures } from './failures.js';
import { describeLifecycle } from './lifecycle.js';

const SERVER = serverOfLane('mariadb', 'TEST_MARIADB_URL');

const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };

function connectTo(url: string): Promise<Connection> {
  const { hostname, port, username, pathname } = new URL(url);
  const options = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
  return createConnection({ ...options, multipleStatements: true });
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await connectTo(url);
  try {
    return await connection.query(sql);
  } finally {
    await connection.end();
  }
}

let databases = 0;
async function create(suffix = ''): Promise<string> {
  const name = `backup_${process.pid}_${++databases}${suffix}`;
  await query(SERVER ?? '', `CREATE DATABASE ${name}`);
  return (SERVER ?? '').replace(/\/mysql$/, `/${name}`);
}

async function filled(): Promise<string> {
  const url = await create();
  await query(
    url,
    `CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('Ada'), ('Grace');
     CREATE TABLE _prisma_migrations (migration_name TEXT, finished_at DATETIME, rolled_back_at DATETIME);
     INSERT INTO _prisma_migrations VALUES ('20260101000000_init', NOW(), NULL)`,
  );
  return url;
}

describe.runIf(SERVER !== undefined)('a backup of MariaDB', () => {
  describeLifecycle(async () => ({
    database,
    table: 'customer',
    filled,
    empty: () => create(),
    scratch: () => create('_drill'),
    names: async (url) => (await query(url, 'SELECT name FROM customer ORDER BY 1')).map(({ name }) => `${name}`),
  }));

  describeFailures(
    async () => ({
      database,
      filled,
      enlarge: async (url) => {
        await query(url, 'CREATE TABLE big AS SELECT sha2(seq, 512) AS noise FROM seq_1_to_20000');
      },
      lock: async (url) => {
        const holder = await connectTo(url);
        await holder.query('LOCK TABLES customer WRITE');
        return () => holder.end();
      },
      stranger: (url) => url.replace('root@', 'nobody:hunter22@'),
      program: { name: 'mariadb-dump', old: 'mariadb-dump  Ver 10.16 Distrib 5.5.68-MariaDB, for Linux (x86_64)' },
    }),
    { server: true },
  );

  it('has the views, triggers, routines and events of the database, and the drill counts them', async () => {
    const url = await filled();
    await query(
      url,
      `CREATE VIEW names AS SELECT name FROM customer;
       CREATE TRIGGER loud BEFORE INSERT ON customer FOR EACH ROW SET NEW.name = UPPER(NEW.name);
       CREATE PROCEDURE forget() DELETE FROM customer;
       CREATE EVENT weekly ON SCHEDULE EVERY 1 WEEK DO DELETE FROM customer`,
    );
    const source = await database.open(url, limits);
    const before = await source.contents();
    await source.close();
    expect(before.objects).toEqual({ views: 1, triggers: 1, routines: 1, events: 1 });
    await query(url, 'DROP PROCEDURE forget');
    expect(differences(before, await database.contentsOf(url, limits))).toEqual(['0 routines instead of 1']);
  });

  it('says of rows that change meanwhile between how many there were', async () => {
    const url = await filled();
    const source = await database.open(url, limits);
    await query(url, "INSERT INTO customer VALUES ('Late')");
    expect((await source.contents()).rows['customer']).toEqual({ least: 2, most: 3 });
    await source.close();
  });
});
