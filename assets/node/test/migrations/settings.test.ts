import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainConnection } from '../../src/platform/migrations/explain.js';
import { withoutSecrets } from '../../src/platform/migrations/failure.js';
import type { Driver } from '../../src/platform/migrations/session.js';
import { readSettings } from '../../src/platform/migrations/settings.js';

const driver: Driver = {
  provider: 'postgresql',
  schemes: ['postgresql', 'postgres'],
  open: () => Promise.reject(new Error('not opened here')),
};

describe('what the runner takes from the environment', () => {
  it("prefers the owner's connection, and a mounted file to a plain variable", () => {
    const file = join(mkdtempSync(join(tmpdir(), 'secret-')), 'url');
    writeFileSync(file, 'postgres://file/db\n');
    expect(readSettings({ DATABASE_URL: 'postgres://plain/db' }, driver).url).toBe('postgres://plain/db');
    const both = { DATABASE_URL: 'postgres://plain/db', DATABASE_URL_FILE: file };
    expect(readSettings(both, driver).url).toBe('postgres://file/db');
    expect(readSettings(both, driver).meant).toBe(false);
    const owner = { ...both, MIGRATION_DATABASE_URL: 'postgres://owner/db' };
    expect(readSettings(owner, driver)).toMatchObject({ url: 'postgres://owner/db', meant: true });
  });

  it.each([
    [{}, /DATABASE_URL is not set/],
    [{ DATABASE_URL: 'nonsense:secret' }, /begins with "nonsense:", but this service uses postgresql/],
    [{ DATABASE_URL: 'postgres://u:p/w@host/db' }, /DATABASE_URL is not a URL/],
    [{ DATABASE_URL_FILE: '/nowhere/url' }, /names \/nowhere\/url, which cannot be read \(ENOENT\)/],
    [
      { DATABASE_URL: 'postgres://h/d', MIGRATION_LOCK_TIMEOUT: '5' },
      /MIGRATION_LOCK_TIMEOUT is "5"\. Write a duration/,
    ],
  ])('refuses %o', (env, message) => {
    expect(() => readSettings(env, driver)).toThrow(message);
  });
});

describe('messages', () => {
  it('hold no credentials, plain or encoded', () => {
    const url = 'postgres://app:p%40ss@db.internal:5432/orders';
    const text = withoutSecrets(`no: ${url} and p@ss and p%40ss and mysql://a:b@c`, url);
    expect(text).toBe('no: [secret] and [secret] and [secret] and mysql://[secret]@c');
  });

  it('say what to do about a refused connection', () => {
    const error = Object.assign(new Error('password authentication failed for user "app"'), { code: '28P01' });
    expect(explainConnection(error, 'postgres://app:hush@db:5432/orders').message).toMatchInlineSnapshot(
      `"The database at db:5432/orders refused the credentials in DATABASE_URL. Correct its user and password."`,
    );
  });
});
