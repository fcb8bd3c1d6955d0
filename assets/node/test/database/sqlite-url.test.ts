import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.sqlite.js';
import { Secret } from '../../src/platform/config/secret.js';
import { openDriver } from '../../src/platform/database/driver.sqlite.js';
import { driver as migrations } from '../../src/platform/migrations/driver.sqlite.js';
import { fileOf } from '../../src/platform/sqlite-url/file.js';
import { SETTINGS } from '../migrations/behaviour.js';

it.each([
  ['file:./a%20b.db', resolve('a b.db')],
  ['file:/data/a.db', '/data/a.db'],
  ['file:///data/a.db', '/data/a.db'],
])('%s is the file %s', (url, file) => {
  expect(fileOf(url)).toBe(file);
});

it('with parameters is refused by all that open it, rather than taken for the name of another file by some', async () => {
  const url = 'file:./a.db?connection_limit=1';
  const message = 'The URL of the database file:./a.db has parameters, which would have no effect. Remove them.';
  await expect(migrations.open(url, SETTINGS)).rejects.toThrow(message);
  await expect(database.open(url, { connectTimeout: 1, lockTimeout: 1 })).rejects.toThrow(message);
  const config = { databaseUrl: new Secret(url), databaseStatementTimeout: 1 };
  expect(() => openDriver(config as never, () => undefined)).toThrow(message);
});
