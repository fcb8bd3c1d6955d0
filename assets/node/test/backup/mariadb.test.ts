import { createConnection } from 'mariadb';
import { describe, expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.mysql.js';
import { AlreadyRunning } from '../../src/platform/backup/failure.js';
import { serverOfLane } from '../tools/lane.js';
import { describeLifecycle } from './lifecycle.js';

const SERVER = serverOfLane('mariadb', 'TEST_MARIADB_URL');

const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const { hostname, port, username, pathname } = new URL(url);
  const options = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
  const connection = await createConnection({ ...options, multipleStatements: true });
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

  it('is made by one run at a time', async () => {
    const url = await filled();
    const source = await database.open(url, limits);
    await expect(database.open(url, limits)).rejects.toBeInstanceOf(AlreadyRunning);
    await source.close();
  });

  it('says of rows that change meanwhile between how many there were', async () => {
    const url = await filled();
    const source = await database.open(url, limits);
    await query(url, "INSERT INTO customer VALUES ('Late')");
    expect((await source.contents()).rows['customer']).toEqual({ least: 2, most: 3 });
    await source.close();
  });
});
