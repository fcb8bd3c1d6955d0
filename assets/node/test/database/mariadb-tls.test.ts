import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from '../../src/platform/backup/database.mysql.js';
import { Secret } from '../../src/platform/config/secret.js';
import { openDriver } from '../../src/platform/database/driver.mysql.js';
import { driver as migrations } from '../../src/platform/migrations/driver.mysql.js';
import { settingsOf } from '../../src/platform/mysql-url/settings.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { Authority } from '../support/authority.js';
import { serverOfLane } from '../tools/lane.js';

const SERVER = serverOfLane('mariadb', 'TEST_MARIADB_URL');
const CA = process.env['TEST_MARIADB_CA'] ?? '';
const limits = { connectTimeout: 2_000, lockTimeout: 1_000 };
const NAME = `tls_${process.pid}`;
const PASSWORD = 'first';

describe.runIf(SERVER !== undefined)('a MariaDB login that must come encrypted', () => {
  let authority: Authority;
  let port: string;
  const urlOf = (parameters: string, password = PASSWORD) =>
    `mysql://${NAME}:${password}@127.0.0.1:${port}/${NAME}${parameters}`;
  const verified = () => urlOf(`?sslaccept=strict&ssl-ca=${CA}`);

  async function asRoot(...statements: string[]): Promise<void> {
    const connection = await createConnection({ host: '127.0.0.1', port: Number(port), user: 'root' });
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  beforeAll(async () => {
    authority = new Authority();
    port = new URL(SERVER ?? '').port;
    await asRoot(
      `CREATE DATABASE ${NAME}`,
      `CREATE USER ${NAME} IDENTIFIED BY '${PASSWORD}' REQUIRE SSL`,
      `GRANT ALL ON ${NAME}.* TO ${NAME}`,
      `CREATE TABLE ${NAME}.customer (name TEXT)`,
      `INSERT INTO ${NAME}.customer VALUES ('Ada')`,
    );
  });
  afterAll(async () => {
    authority.remove();
    await asRoot(`DROP DATABASE ${NAME}`, `DROP USER ${NAME}`);
  });

  async function ping(url: string): Promise<void> {
    const driver = openDriver(
      {
        databaseUrl: new Secret(url),
        databasePoolSize: 1,
        databaseConnectTimeout: 2_000,
        databaseStatementTimeout: 2_000,
      } as never,
      () => undefined,
    );
    try {
      await driver.ping();
    } finally {
      await driver.close();
    }
  }

  async function dump(url: string): Promise<string> {
    const source = await database.open(url, limits);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of source.dump(new AbortController().signal)) chunks.push(chunk);
    } finally {
      await source.close();
    }
    return execFileSync('gunzip', { input: Buffer.concat(chunks), encoding: 'utf8' });
  }

  /** Each thing that opens a URL. */
  const openers: readonly (readonly [string, (url: string) => Promise<unknown>])[] = [
    ['the service', ping],
    ['migrations', async (url) => (await migrations.open(url, SETTINGS)).close()],
    ['a backup', dump],
    ['the counts of a backup', (url) => database.contentsOf(url, limits)],
  ];

  it.each(openers)('lets %s in by the authority and not without', async (_, open) => {
    await open(verified());
    await open(urlOf(`?ssl-mode=VERIFY_IDENTITY&ssl-ca=${CA}`));
    await open(urlOf(`?sslcert=${CA}`));
    await open(urlOf('?sslaccept=accept_invalid_certs'));
    await open(urlOf('?ssl-mode=REQUIRED'));
    // The certificate is of 127.0.0.1 alone, and of this authority alone.
    await expect(open(verified().replace('127.0.0.1', 'localhost'))).rejects.toThrow();
    await expect(open(urlOf(`?sslaccept=strict&ssl-ca=${authority.root}`))).rejects.toThrow();
    await expect(open(urlOf('?ssl=true'))).rejects.toThrow();
    await expect(open(urlOf(''))).rejects.toThrow();
    await expect(open(urlOf('?connection_limit=5'))).rejects.toThrow(
      `The URL of mysql 127.0.0.1:${port}/${NAME} has the parameter "connection_limit", which would have no effect: remove it, and set DATABASE_POOL_SIZE.`,
    );
  });

  it('is read by programs that look at the certificate themselves', async () => {
    const target = `${NAME}_target`;
    await asRoot(`CREATE DATABASE ${target}`, `GRANT ALL ON ${target}.* TO ${NAME}`);
    const sql = await dump(verified());
    expect(sql).toContain("INSERT INTO `customer` VALUES\n('Ada')");
    const to = verified().replace(`/${NAME}?`, `/${target}?`);
    const restore = (url: string) =>
      database.restore(
        url,
        (async function* () {
          yield gzipSync(sql);
        })(),
        new AbortController().signal,
      );
    await expect(restore(to.replace(CA, authority.root))).rejects.toThrow(/certificate|SSL/i);
    await restore(to);
    expect((await database.contentsOf(to, limits)).rows).toEqual({ customer: { least: 1, most: 1 } });
    await asRoot(`DROP DATABASE ${target}`);
  });
});

describe('the URL of a MySQL database', () => {
  it.each([
    ['mysql://u:p%40w@[::1]/d', { host: '::1', port: 3306, password: 'p@w', allowPublicKeyRetrieval: true }],
    ['mysql://u@localhost/d?socket=/run/mysqld.sock', { socketPath: '/run/mysqld.sock' }],
    ['mysql://u@h/d?sslaccept=strict', { ssl: { rejectUnauthorized: true }, allowPublicKeyRetrieval: false }],
    ['mysql://u@h/d?ssl-mode=REQUIRED', { ssl: { rejectUnauthorized: false } }],
  ])('%s', (url, expected) => {
    expect(settingsOf(url)).toMatchObject(expected);
  });

  it.each(['mysql://u@h/d?ssl=false', 'mysql://u@h/d?ssl-mode=DISABLED', 'mysql://u@h/d'])(
    '%s is in the clear',
    (url) => {
      expect(settingsOf(url)).not.toHaveProperty('ssl');
    },
  );

  it.each([
    [
      '?ssl-mode=PREFERRED',
      'has ssl-mode=PREFERRED, which is not known here: write one of VERIFY_IDENTITY, REQUIRED, DISABLED',
    ],
    ['?sslaccept=strict&ssl=false', 'says by sslaccept and ssl how it is encrypted: write one of them'],
    [
      '?sslmode=require',
      'has the parameter "sslmode", which would have no effect: remove it, and write ssl-mode=VERIFY_IDENTITY',
    ],
    [
      '?ssl-ca=/nowhere/ca.pem',
      'The URL of mysql h/d has ssl-ca=/nowhere/ca.pem, a file that cannot be read (ENOENT): correct its path or its permissions.',
    ],
    ['?toString=1', 'has the parameter "toString", which would have no effect: remove it.'],
    ['?timezone=local', 'has the parameter "timezone", which would have no effect: remove it.'],
  ])('%s is refused', (parameters, message) => {
    expect(() => settingsOf(`mysql://u:s3cret@h/d${parameters}`)).toThrow(message);
    expect(() => settingsOf(`mysql://u:s3cret@h/d${parameters}`)).not.toThrow('s3cret');
  });
});
