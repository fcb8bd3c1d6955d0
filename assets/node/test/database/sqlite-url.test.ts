import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.sqlite.js';
import { Secret } from '../../src/platform/config/secret.js';
import { openDriver } from '../../src/platform/database/driver.sqlite.js';
import { driver as migrations } from '../../src/platform/migrations/driver.sqlite.js';
import { explainConnection } from '../../src/platform/migrations/explain.js';
import { Failure } from '../../src/platform/migrations/failure.js';
import { fileOf } from '../../src/platform/sqlite-url/file.js';
import { UrlProblem } from '../../src/platform/url-problem/problem.js';
import { SETTINGS } from '../migrations/behaviour.js';

it.each([
  ['file:./a%20b.db', resolve('a b.db')],
  ['file:/data/a.db', '/data/a.db'],
  ['file:///data/a.db', '/data/a.db'],
])('%s is the file %s', (url, file) => {
  expect(fileOf(url)).toBe(file);
});

it.each(['/tmp/restored.db', 'restored.db', 'sqlite:restored.db', 'postgresql://u:s3cret@h/d'])(
  '%s is no URL of a file, and never cut down to the name of another one',
  (url) => {
    expect(() => fileOf(url)).toThrow(UrlProblem);
    expect(() => fileOf(url)).toThrow('begins with file:');
    expect(() => fileOf(url)).not.toThrow('s3cret');
  },
);

it.each(['file:%zz.db', 'file://elsewhere/a.db'])('%s names no file of this machine', (url) => {
  expect(() => fileOf(url)).toThrow(UrlProblem);
});

it('that is wrong is what a person can mend, to whoever migrates', async () => {
  const settings = { ...SETTINGS, url: 'file:./a.db?x=1', meant: true, wait: 0 };
  const problem = await migrations.open(settings.url, settings).catch((error: unknown) => error);
  expect(explainConnection(problem, settings.url)).toEqual(new Failure((problem as Error).message));
});

it('of a restore that is no URL leaves the file alone that it would be taken for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-url-'));
  const before = process.cwd();
  process.chdir(folder);
  try {
    writeFileSync('a.db', 'mine');
    await expect(database.empty('/srv/a.db', { connectTimeout: 1, lockTimeout: 1 })).rejects.toThrow(UrlProblem);
    expect(readFileSync('a.db', 'utf8')).toBe('mine');
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

it('with parameters is refused by all that open it, rather than taken for the name of another file by some', async () => {
  const url = 'file:./a.db?connection_limit=1';
  const message = 'The URL of the database file:./a.db has parameters, which would have no effect. Remove them.';
  await expect(migrations.open(url, SETTINGS)).rejects.toThrow(message);
  await expect(database.open(url, { connectTimeout: 1, lockTimeout: 1 })).rejects.toThrow(message);
  const config = { databaseUrl: new Secret(url), databaseStatementTimeout: 1 };
  expect(() => openDriver(config as never, () => undefined)).toThrow(message);
});
