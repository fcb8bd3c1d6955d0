import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Declarations } from '../../src/platform/config/declaration.js';
import { load, originOf } from '../../src/platform/config/load.js';
import { ProviderFailure } from '../../src/platform/config/provider.js';
import { SecretRefresh } from '../../src/platform/config/refresh.js';
import * as types from '../../src/platform/config/types.js';
import { vaultAgent } from '../../src/platform/vault/agent-files.js';
import { type VaultOptions, vault } from '../../src/platform/vault/provider.js';
import { vaultStore } from '../../tools/secrets-vault/store.js';
import { ScratchService } from '../tools/scratch-service.js';
import { hasTool } from './lane.js';
import { query } from './query.js';
import { Cluster, VAULT, VaultServer } from './vault-server.js';

const CANARY = 'c4n4ry-value';
const never = () => AbortSignal.timeout(20_000);

describe.skipIf(!hasTool(VAULT))('Vault', { timeout: 60_000 }, () => {
  let server: VaultServer;
  let cluster: Cluster;
  const folder = mkdtempSync(join(tmpdir(), 'vault-test-'));
  const jwtFile = join(folder, 'jwt');
  const tokenFile = join(folder, 'token');

  const options = (more: Partial<VaultOptions> = {}): VaultOptions => ({
    address: server.address,
    auth: { role: 'orders-prod', mount: 'kubernetes', jwtFile },
    mount: 'secret',
    paths: { API_KEY: 'orders/prod/API_KEY', OTHER_KEY: 'orders/prod/OTHER_KEY' },
    ...more,
  });
  const put = (name: string, value: unknown) =>
    server.root('POST', `secret/data/orders/prod/${name}`, { data: { value } });
  const prepare = async () => {
    await server.trust(cluster);
    await server.root('PUT', 'sys/policies/acl/orders-prod', {
      policy: [
        'path "secret/data/orders/prod/API_KEY" { capabilities = ["read"] }',
        'path "secret/data/orders/prod/OTHER_KEY" { capabilities = ["read"] }',
        'path "database/creds/orders-prod" { capabilities = ["read"] }',
      ].join('\n'),
    });
    await role({});
    await put('API_KEY', CANARY);
  };
  const role = (more: object) =>
    server.root('POST', 'auth/kubernetes/role/orders-prod', {
      bound_service_account_names: ['orders'],
      bound_service_account_namespaces: ['orders'],
      audience: 'vault',
      token_policies: ['orders-prod'],
      token_ttl: '1h',
      ...more,
    });

  beforeAll(async () => {
    [server, cluster] = await Promise.all([VaultServer.start(), Cluster.start()]);
    writeFileSync(jwtFile, `${cluster.jwt('orders', 'orders')}\n`);
    await prepare();
  });
  beforeEach(() => put('API_KEY', CANARY));
  afterAll(async () => {
    await server.remove();
    cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives a service account its secrets, with their versions and ages', async () => {
    const read = await vault(options()).read(['API_KEY', 'OTHER_KEY'], never());
    expect(read.get('API_KEY')).toEqual({
      text: CANARY,
      version: expect.stringMatching(/^\d+$/),
      changedAt: expect.any(Date),
    });
    // Never written: not there, which is no failure of the store.
    expect(read.has('OTHER_KEY')).toBe(false);
  });

  it('takes a deleted secret for one that is not there', async () => {
    await server.root('DELETE', 'secret/data/orders/prod/API_KEY');
    expect(await vault(options()).read(['API_KEY'], never())).toEqual(new Map());
  });

  it('tells what is denied, and where, without stopping the others', async () => {
    const paths = { API_KEY: 'orders/prod/API_KEY', FOREIGN: 'billing/prod/KEY' };
    const read = await vault(options({ paths })).read(['API_KEY', 'FOREIGN'], never());
    expect(read.get('API_KEY')).toMatchObject({ text: CANARY });
    expect(read.get('FOREIGN')).toEqual(
      new ProviderFailure(
        'it is denied to the role orders-prod; apply the policy that lets it read secret/billing/prod/KEY',
      ),
    );
  });

  it('refuses a service account the role does not name', async () => {
    const foreign = join(folder, 'foreign');
    writeFileSync(foreign, cluster.jwt('billing', 'billing'));
    const auth = { role: 'orders-prod', mount: 'kubernetes', jwtFile: foreign };
    const read = await vault(options({ auth })).read(['API_KEY'], never());
    expect(read.get('API_KEY')).toEqual(
      new ProviderFailure(
        expect.stringContaining('the login as orders-prod at auth/kubernetes was refused (status 403)'),
      ),
    );
  });

  it('refuses what is no text', async () => {
    await put('API_KEY', { nested: CANARY });
    const outcome = (await vault(options()).read(['API_KEY'], never())).get('API_KEY');
    expect(outcome).toEqual(new ProviderFailure('it holds no text in the member "value" there (status 200)'));
  });

  it('logs in again when its token was revoked', async () => {
    const provider = vault(options());
    await provider.read(['API_KEY'], never());
    await server.root('POST', 'sys/leases/revoke-prefix/auth/kubernetes/login');
    expect((await provider.read(['API_KEY'], never())).get('API_KEY')).toMatchObject({ text: CANARY });
  });

  it('renews its token, and takes another one when that is at its end', async () => {
    await role({ token_ttl: '2s', token_max_ttl: '5s' });
    try {
      const provider = vault(options());
      const until = Date.now() + 8000;
      while (Date.now() < until) {
        expect((await provider.read(['API_KEY'], never())).get('API_KEY')).toMatchObject({ text: CANARY });
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    } finally {
      await role({ token_max_ttl: 0 });
    }
  });

  it('reads with the token an agent keeps, whichever it is by now', async () => {
    const token = async () => {
      const { body } = await server.root('POST', 'auth/token/create', { policies: ['orders-prod'] });
      return body.auth.client_token as string;
    };
    const first = await token();
    writeFileSync(tokenFile, first);
    const provider = vault(options({ auth: { tokenFile } }));
    expect((await provider.read(['API_KEY'], never())).get('API_KEY')).toMatchObject({ text: CANARY });
    await server.root('POST', 'auth/token/revoke', { token: first });
    expect((await provider.read(['API_KEY'], never())).get('API_KEY')).toEqual(
      new ProviderFailure(expect.stringContaining(`it is denied to the token in ${tokenFile}`)),
    );
    writeFileSync(tokenFile, await token());
    expect((await provider.read(['API_KEY'], never())).get('API_KEY')).toMatchObject({ text: CANARY });
    rmSync(tokenFile);
    await expect(provider.read(['API_KEY'], never())).rejects.toThrow(`${tokenFile} cannot be read (ENOENT)`);
  });

  describe('a service', () => {
    const declarations = {
      apiKey: { name: 'API_KEY', type: types.string(), secret: true },
    } as const satisfies Declarations;
    const start = (more: Partial<VaultOptions> = {}) =>
      load(declarations, { env: { APP_ENV: 'prod' }, cwd: folder }, { prod: [vault(options(more))] });

    it('does not start without its secrets, and says which way they are to be had', async () => {
      const problems = (promise: Promise<unknown>) =>
        promise.then(
          () => [],
          ({ problems }) => problems,
        );
      await server.root('DELETE', 'secret/metadata/orders/prod/API_KEY');
      expect(await problems(start())).toEqual([
        `API_KEY is not set, and prod cannot do without it. Put a text into Vault at ${server.address}, secret/orders/prod/API_KEY.`,
      ]);
      expect(await problems(start({ address: 'http://127.0.0.1:2' }))).toEqual([
        'API_KEY cannot be read from Vault at http://127.0.0.1:2, secret/orders/prod/API_KEY: it does not answer (ECONNREFUSED).',
      ]);
      await server.root('POST', 'sys/seal');
      expect(await problems(start())).toEqual([expect.stringContaining('it is sealed or in maintenance')]);
      await server.down();
      await server.up();
      await prepare();
    });

    it('follows a rotation, and keeps the last good value through an outage', async () => {
      const config = await start();
      const origin = originOf(config);
      if (origin === undefined) throw new Error('there is nothing to refresh');
      const secrets = new SecretRefresh(origin);
      await put('API_KEY', 'rotated');
      expect((await secrets.refresh()).changed).toMatchObject([{ variable: 'API_KEY' }]);
      expect(config.apiKey.reveal()).toBe('rotated');

      await server.down();
      const during = await secrets.refresh();
      expect([...during.failed]).toEqual([['API_KEY', expect.stringContaining('it does not answer (ECONNREFUSED)')]]);
      expect(config.apiKey.reveal()).toBe('rotated');

      await server.up();
      await prepare();
      expect((await secrets.refresh()).failed.size).toBe(0);
      expect(config.apiKey.reveal()).toBe(CANARY);
    });
  });

  it('is written to by whoever may, and by nobody unseen', async () => {
    const { address, mount, paths } = options();
    const store = vaultStore({ address, mount, paths }, { BAO_TOKEN: server.token });
    expect(await store.describe('OTHER_KEY')).toBeUndefined();
    expect(await store.read?.('OTHER_KEY')).toBeUndefined();
    expect(await store.write('OTHER_KEY', 'one')).toBe('1');
    expect(await store.write('OTHER_KEY', 'two')).toBe('2');
    expect(await store.read?.('OTHER_KEY')).toBe('two');
    expect(await store.describe('OTHER_KEY')).toEqual({ version: '2', changedAt: expect.any(Date) });
    await server.root('DELETE', 'secret/data/orders/prod/OTHER_KEY');
    expect(await store.describe('OTHER_KEY')).toBeUndefined();
    expect(await store.write('OTHER_KEY', 'three')).toBe('3');
    await server.root('DELETE', 'secret/metadata/orders/prod/OTHER_KEY');

    // Somebody keeps another shape there: it is not nothing, over which a first key may be written.
    await server.root('POST', 'secret/data/orders/prod/OTHER_KEY', { data: { key: CANARY } });
    await expect(store.read?.('OTHER_KEY')).rejects.toThrow(
      `Vault at ${address} has no text in the member "value" of secret/orders/prod/OTHER_KEY (status 200).`,
    );
    await server.root('DELETE', 'secret/metadata/orders/prod/OTHER_KEY');

    const denied = vaultStore({ address, mount, paths }, { VAULT_TOKEN: 'nobody' });
    await expect(denied.read?.('API_KEY')).rejects.toThrow('denies your token secret/data/orders/prod/API_KEY');
    const stranger = vaultStore({ address, mount, paths }, { HOME: folder });
    await expect(stranger.read?.('API_KEY')).rejects.toThrow('You are not logged in to Vault.');
    const gone = vaultStore({ address, mount, paths }, { VAULT_ADDR: 'http://127.0.0.1:2', VAULT_TOKEN: 'x' });
    await expect(gone.read?.('API_KEY')).rejects.toThrow(
      'Vault at http://127.0.0.1:2 cannot be used: it does not answer',
    );
  });

  describe('a database login', { timeout: 90_000 }, () => {
    const service = new ScratchService('postgresql');
    let database: Awaited<ReturnType<ScratchService['holdDatabase']>>;
    let url: URL;

    const connect = async (text: string) => (await query(text, 'SELECT current_user AS name'))[0]?.['name'];
    const leases = async (ttl: { default_ttl: string; max_ttl: string }) => {
      await server.request('POST', 'sys/mounts/database', { type: 'database' });
      await server.root('POST', 'database/config/orders', {
        plugin_name: 'postgresql-database-plugin',
        allowed_roles: ['orders-prod'],
        connection_url: `postgresql://{{username}}:{{password}}@${url.host}${url.pathname}?sslmode=disable`,
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      });
      await server.root('POST', 'database/roles/orders-prod', {
        db_name: 'orders',
        creation_statements: [
          `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' INHERIT IN ROLE "orders_app";`,
          `ALTER ROLE "{{name}}" SET role = "orders_app";`,
        ],
        ...ttl,
      });
    };
    const provider = (more: Partial<VaultOptions> = {}) => {
      const login = {
        credentials: 'database/creds/orders-prod',
        url: `postgresql://${url.host}${url.pathname}?schema=public`,
      };
      return vault(options({ databases: { DATABASE_URL: login }, ...more }));
    };
    const textOf = async (from: ReturnType<typeof provider>) => {
      const outcome = (await from.read(['DATABASE_URL'], never())).get('DATABASE_URL');
      if (outcome === undefined || outcome instanceof ProviderFailure) throw new Error(outcome?.message ?? 'nothing');
      return outcome.text;
    };

    beforeAll(async () => {
      database = await service.holdDatabase();
      url = new URL(database.url);
      await query(database.url, 'CREATE ROLE orders_app NOLOGIN');
    });
    afterAll(async () => {
      await database.release();
      service.remove();
    });

    it('is made for each process, works, and stays while its lease is renewed', async () => {
      await leases({ default_ttl: '4s', max_ttl: '60s' });
      const [one, two] = [provider(), provider()];
      const [first, second] = [await textOf(one), await textOf(two)];
      expect(first).toMatch(/^postgresql:\/\/[^@]+@.*\?schema=public$/);
      expect(new URL(first).username).not.toBe(new URL(second).username);
      const until = Date.now() + 7000;
      while (Date.now() < until) {
        expect(await textOf(one)).toBe(first);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      expect(await connect(first)).toBe('orders_app');
      // Nobody renewed it: Vault took it away.
      await expect.poll(() => connect(second).catch(({ code }) => code), { timeout: 10_000 }).toBe('28P01');
    });

    it('is replaced before its longest lease ends, so that both are valid for a while', async () => {
      await leases({ default_ttl: '4s', max_ttl: '8s' });
      const from = provider();
      const first = await textOf(from);
      let next = first;
      const until = Date.now() + 9000;
      while (next === first && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        next = await textOf(from);
      }
      expect(next).not.toBe(first);
      expect(await Promise.all([connect(first), connect(next)])).toHaveLength(2);
    });

    it('is replaced when its lease was revoked, and when the token it hangs on was', async () => {
      await leases({ default_ttl: '2s', max_ttl: '60s' });
      const from = provider();
      const first = await textOf(from);
      await server.root('POST', 'sys/leases/revoke-prefix/database/creds/orders-prod');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const second = await textOf(from);
      expect(second).not.toBe(first);
      expect(await connect(second)).toBeTruthy();

      await server.root('POST', 'sys/leases/revoke-prefix/auth/kubernetes/login');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const third = await textOf(from);
      expect(third).not.toBe(second);
      expect(await connect(third)).toBeTruthy();
    });

    it.each([
      ['that may look at itself', false],
      ['that may not, so that one is tried anew', true],
    ])(
      'is not taken again and again while something else is denied to a token %s',
      async (_, token_no_default_policy) => {
        await leases({ default_ttl: '1h', max_ttl: '2h' });
        await server.root('POST', 'sys/leases/revoke-prefix/database/creds/orders-prod');
        await server.root('POST', 'sys/leases/revoke-prefix/auth/kubernetes/login');
        await role({ token_no_default_policy });
        const paths = { API_KEY: 'orders/prod/API_KEY', FOREIGN: 'billing/prod/KEY' };
        const from = provider({ paths });
        const list = async (path: string) =>
          (await server.request('LIST', `sys/leases/lookup/${path}`)).body.data.keys.length;
        try {
          for (let minute = 0; minute < 5; minute += 1) {
            const read = await from.read(['API_KEY', 'FOREIGN', 'DATABASE_URL'], never());
            expect(read.get('API_KEY')).toMatchObject({ text: CANARY });
            expect(read.get('FOREIGN')).toEqual(new ProviderFailure(expect.stringContaining('denied')));
          }
          const most = token_no_default_policy ? 2 : 1;
          expect(await list('database/creds/orders-prod')).toBe(most);
          expect(await list('auth/kubernetes/login')).toBe(most);
          // What was denied does not hide that the token is gone.
          const before = await textOf(from);
          await server.root('POST', 'sys/leases/revoke-prefix/auth/kubernetes/login');
          const after = await from.read(['API_KEY', 'FOREIGN', 'DATABASE_URL'], never());
          expect(after.get('API_KEY')).toMatchObject({ text: CANARY });
          await from.read(['API_KEY', 'FOREIGN', 'DATABASE_URL'], never());
          expect(await textOf(from)).not.toBe(before);
        } finally {
          await role({ token_no_default_policy: false });
        }
      },
    );

    it('says so when Vault is out of reach and the lease is over', async () => {
      await leases({ default_ttl: '1s', max_ttl: '60s' });
      const from = provider();
      await textOf(from);
      await server.down();
      try {
        await new Promise((resolve) => setTimeout(resolve, 1100));
        await expect(textOf(from)).rejects.toThrow(
          /it does not answer \(ECONNREFUSED\); the lease of database\/creds\/orders-prod ended at \d{4}-/,
        );
      } finally {
        await server.up();
        await prepare();
      }
    });

    it('is refused in words when Vault cannot make it', async () => {
      await server.request('POST', 'sys/mounts/database', { type: 'database' });
      await server.request('DELETE', 'database/roles/orders-prod');
      await expect(textOf(provider())).rejects.toThrow('see that the database role exists and works');
    });
  });
});

it('the files of an agent are read as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  writeFileSync(join(folder, 'API_KEY'), 'text\n');
  const provider = vaultAgent({ folder, variables: ['API_KEY', 'GONE'] });
  const read = await provider.read(['API_KEY', 'GONE'], never());
  expect([...read]).toEqual([['API_KEY', { text: 'text\n', version: expect.any(String) }]]);
  rmSync(folder, { recursive: true });
});
