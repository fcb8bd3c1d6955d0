import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBackup } from '../../src/platform/backup/create.js';
import { database } from '../../src/platform/backup/database.postgresql.js';
import { environmentOf } from '../../src/platform/backup/postgresql/libpq.js';
import { surroundings } from '../../src/platform/backup/program.js';
import { restoreBackup } from '../../src/platform/backup/restore.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { Secret } from '../../src/platform/config/secret.js';
import { openDriver } from '../../src/platform/database/driver.postgresql.js';
import { driver as migrations } from '../../src/platform/migrations/driver.postgresql.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { Authority, type Certificate } from '../support/authority.js';
import { inLane } from '../tools/lane.js';
import { own, PostgresServer } from './postgres-server.js';

const HOUR = 60 * 60 * 1000;
const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };

describe.runIf(inLane('backup'))('a PostgreSQL that takes encrypted connections only', () => {
  let authority: Authority;
  let client: Certificate;
  let server: PostgresServer;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    authority = new Authority();
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    const { cert, key } = authority.issue('server', 'IP:127.0.0.1');
    client = authority.issue('badge');
    chmodSync(client.key, 0o600);
    const rules = join(folder, 'hba');
    // Whoever looks after the test may come as before.
    writeFileSync(
      rules,
      'hostnossl all postgres 127.0.0.1/32 trust\nhostssl all badge 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\n',
    );
    server = await PostgresServer.start();
    await server.shut('SIGINT');
    for (const path of [cert, key, rules]) own(path);
    chmodSync(authority.folder, 0o755);
    chmodSync(folder, 0o755);
    await server.open([
      'ssl=on',
      `ssl_cert_file=${cert}`,
      `ssl_key_file=${key}`,
      `ssl_ca_file=${authority.root}`,
      `hba_file=${rules}`,
    ]);
    await server.query('postgres', 'CREATE ROLE app SUPERUSER LOGIN; CREATE ROLE badge SUPERUSER LOGIN');
    const name = new URL(await server.create()).pathname.slice(1);
    await server.query(name, "CREATE TABLE customer AS SELECT 'Ada' AS name");
    url = server.urlOf(name, 'app');
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    authority.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A backup and its restore into a new database of the same server, by the same parameters. */
  async function roundTrip(source: string): Promise<unknown> {
    const main = directory(mkdtempSync(join(folder, 'store-')));
    const signal = new AbortController().signal;
    const common = { database, limits, signal };
    const manifest = await createBackup({
      ...common,
      service: 'orders',
      environment: 'test',
      url: source,
      recipients: [],
      retention: { all: HOUR, days: 0, months: 0, least: 1 },
      main,
      report: () => undefined,
    });
    const target = new URL(source);
    target.pathname = new URL(await server.create()).pathname;
    const to = target.href;
    await restoreBackup({ ...common, store: main, manifest, to, identity: undefined, overwrite: false });
    return server.query(target.pathname.slice(1), 'SELECT * FROM customer');
  }

  const withTls = (parameters: string, login = 'app') => url.replace('app@', `${login}@`) + parameters;

  it.each([
    ['verify-full', () => `?sslmode=verify-full&sslrootcert=${authority.root}`, 'app'],
    ['require, by which the driver verifies too', () => `?sslmode=require&sslrootcert=${authority.root}`, 'app'],
    [
      'a certificate of the client',
      () => `?sslrootcert=${authority.root}&sslcert=${client.cert}&sslkey=${client.key}`,
      'badge',
    ],
    ['no-verify', () => '?sslmode=no-verify', 'app'],
    ["libpq's require", () => '?sslmode=require&uselibpqcompat=true', 'app'],
  ])('is backed up and restored with %s', async (_, parameters, login) => {
    expect(await roundTrip(withTls(parameters(), login))).toEqual([{ name: 'Ada' }]);
  });

  it('is believed by programs for the authorities that the process trusts, where the URL names none', () => {
    const dump = (env: Record<string, string>) =>
      execFileSync('pg_dump', ['--schema-only'], {
        env: { ...surroundings(), ...env },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    vi.stubEnv('NODE_EXTRA_CA_CERTS', authority.root);
    expect(dump(environmentOf(withTls('?sslmode=verify-full')))).toContain('CREATE TABLE public.customer');
    vi.unstubAllEnvs();
    const strangers = new Authority();
    const foreign = environmentOf(withTls(`?sslmode=verify-full&sslrootcert=${strangers.root}`));
    expect(() => dump(foreign)).toThrow('certificate verify failed');
    strangers.remove();
  });

  it('is not believed without the right authority, neither by the driver nor by programs', async () => {
    const other = new Authority();
    try {
      await expect(roundTrip(withTls(`?sslmode=verify-full&sslrootcert=${other.root}`))).rejects.toThrow(
        'cannot be opened: self-signed certificate in certificate chain',
      );
      await expect(roundTrip(url)).rejects.toThrow('no encryption');
    } finally {
      other.remove();
    }
  });

  it('says of parameters that would be dropped what to write instead, wherever it is opened', async () => {
    const strict = withTls('?sslaccept=strict');
    const message =
      'has the parameter "sslaccept", which would have no effect: remove it, and write sslmode=verify-full';
    await expect(roundTrip(strict)).rejects.toThrow(message);
    await expect(migrations.open(strict, SETTINGS)).rejects.toThrow(message);
    const config = {
      databaseUrl: new Secret(strict),
      databasePoolSize: 1,
      databaseConnectTimeout: 1,
      databaseStatementTimeout: 1,
    };
    expect(() => openDriver(config as never, () => undefined)).toThrow(message);
  });
});

describe('what programs are told of a URL', () => {
  it.each([
    ['postgresql://u@[::1]:6432/d', { PGHOST: '::1', PGPORT: '6432' }],
    ['postgresql://u@localhost/d?host=/run/postgresql', { PGHOST: '/run/postgresql', PGPORT: '5432' }],
    [
      'postgresql://h/d?user=a&password=p%20w&options=-csearch_path%3Dx',
      { PGUSER: 'a', PGPASSWORD: 'p w', PGOPTIONS: '-csearch_path=x' },
    ],
    ['postgresql://h/d?sslmode=disable', { PGSSLMODE: 'disable' }],
    ['postgresql://h/d?ssl=0', { PGSSLMODE: 'disable' }],
    ['postgresql://h/d?ssl=true&sslrootcert=/ca', { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/ca' }],
    [
      'postgresql://h/d?sslmode=verify-ca&sslrootcert=/ca&uselibpqcompat=true',
      { PGSSLMODE: 'verify-ca', PGSSLROOTCERT: '/ca' },
    ],
    ['postgresql://h/d?sslmode=no-verify&sslrootcert=/ca', { PGSSLMODE: 'require' }],
  ])('%s', (text, expected) => {
    const env = environmentOf(text);
    expect(env).toMatchObject(expected);
    expect('PGSSLROOTCERT' in env).toBe('PGSSLROOTCERT' in expected);
  });
});
