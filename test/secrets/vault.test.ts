import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { javascript, Project } from 'projen';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { query } from '../../assets/node/test/secrets/query';
import { Cluster, VAULT, VaultServer } from '../../assets/node/test/secrets/vault-server';
import { Workflow } from '../../assets/node/test/secrets/workflow';
import { ScratchService } from '../../assets/node/test/tools/scratch-service';
import { checkRotation } from '../../assets/node/tools/secrets/check-rotation';
import type { Facts } from '../../assets/node/tools/secrets/facts';
import { vaultStore } from '../../assets/node/tools/secrets-vault/store';
import {
  SecretsConfig,
  SecretsProvider,
  type VaultDatabaseLogin,
  VaultDelivery,
  type VaultOptions,
} from '../../src/secrets';
import { Duration } from '../../src/service';
import { goldenServices } from '../support/golden-services';
import { type Files, inFolder, synth } from '../support/synth';
import { hasTool } from './tools';

const ADDRESS = 'https://vault.internal:8200';
const LOGIN: VaultDatabaseLogin = {
  url: 'postgresql://db.internal:5432/orders?schema=public',
  memberOf: 'orders_app',
  connection: 'orders',
};

function declare<T extends Project>(project: T, options: VaultOptions): T {
  const config = new SecretsConfig(project);
  config.add('API_KEY', { secret: true, description: 'Charges cards' });
  config.add('DATABASE_URL', { secret: true, description: 'Where the database is' });
  config.use(SecretsProvider.vault(options), { environments: ['prod'] });
  return project;
}

function nodeFiles(options: VaultOptions): Files {
  return synth((outdir) =>
    declare(new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' }), options),
  );
}

/** One secret, which is replaced every 90 days. */
const AUDITED: Facts = {
  service: 'orders',
  environments: ['prod'],
  variables: [
    {
      name: 'API_KEY',
      secret: true,
      states: { prod: 'referenced' },
      rotation: { method: 'manual', days: 90, overlap: false },
    },
  ],
};

describe('Vault', () => {
  it('is read by the service itself', () => {
    const config = nodeFiles({ address: `${ADDRESS}/` })['src/platform/config.ts'] ?? '';
    expect(config).toContain("import { vault } from './vault/provider.js';");
    expect(
      config.slice(config.indexOf('export const providers'), config.indexOf('/** The configuration')).trim(),
    ).toMatchInlineSnapshot(`
      "export const providers = {
        prod: [
          vault({
            address: 'https://vault.internal:8200',
            auth: { role: 'orders-prod', mount: 'kubernetes', jwtFile: '/var/run/secrets/vault/token' },
            mount: 'secret',
            paths: { API_KEY: 'orders/prod/API_KEY', DATABASE_URL: 'orders/prod/DATABASE_URL' },
          }),
        ],
      } satisfies Providers;"
    `);
  });

  it('makes the login to the database, if asked to', () => {
    const files = nodeFiles({ address: ADDRESS, databaseLogin: { ...LOGIN, lease: Duration.minutes(30) } });
    const config = files['src/platform/config.ts']?.replace(/\s+/g, ' ') ?? '';
    expect(config).toContain(
      "databases: { DATABASE_URL: { credentials: 'database/creds/orders-prod', url: 'postgresql://db.internal:5432/orders?schema=public', }, },",
    );
    expect(config).toContain("paths: { API_KEY: 'orders/prod/API_KEY' },");
    const { '//': _, ...role } = JSON.parse(files['vault/prod/database-role.json'] ?? '');
    expect(role).toMatchInlineSnapshot(`
      {
        "creation_statements": [
          "CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' INHERIT IN ROLE "orders_app";",
          "ALTER ROLE "{{name}}" SET role = "orders_app";",
        ],
        "db_name": "orders",
        "default_ttl": "1800s",
        "max_ttl": "86400s",
      }
    `);
    expect(JSON.parse(files['vault/prod/kubernetes-role.json'] ?? '')).toMatchObject({ token_ttl: '3600s' });
    const long = { ...LOGIN, lease: Duration.hours(6), longestLease: Duration.days(7) };
    expect(
      JSON.parse(nodeFiles({ address: ADDRESS, databaseLogin: long })['vault/prod/kubernetes-role.json'] ?? ''),
    ).toMatchObject({ token_ttl: '21600s', token_max_ttl: '604800s' });
    // Nobody can write to what Vault makes.
    expect(files['tools/secret-stores.ts']).not.toContain('DATABASE_URL');
  });

  it('lets the service read what is its own, and nothing else', () => {
    const policy = nodeFiles({ address: ADDRESS, databaseLogin: LOGIN })['vault/prod/policy.hcl'] ?? '';
    expect(policy.split('\n').slice(3).join('\n')).toMatchInlineSnapshot(`
      "# bao policy write orders-prod vault/prod/policy.hcl

      path "secret/data/orders/prod/API_KEY" {
        capabilities = ["read"]
      }

      # A login of its own to the database, renewed for as long as the service runs.
      path "database/creds/orders-prod" {
        capabilities = ["read"]
      }

      path "sys/leases/renew" {
        capabilities = ["update"]
      }
      "
    `);
  });

  it('is not spoken to by a service that has an agent or an operator for that', () => {
    const agent = nodeFiles({ address: ADDRESS, delivery: VaultDelivery.AGENT });
    expect(agent['src/platform/config.ts']).toContain(
      "vaultAgent({ folder: '/vault/secrets', variables: ['API_KEY', 'DATABASE_URL'] })",
    );
    expect(agent).toHaveProperty(['vault/prod/agent.hcl']);
    const spaced = nodeFiles({ address: ADDRESS, delivery: VaultDelivery.AGENT, namespace: 'team/a' });
    expect(spaced['vault/prod/agent.hcl']).toContain(`vault {\n  namespace = "team/a"\n  address = "${ADDRESS}"\n}`);
    const operator = nodeFiles({ address: ADDRESS, delivery: VaultDelivery.OPERATOR });
    expect(operator['src/platform/config.ts']).toContain('export const providers = {} satisfies Providers;');
    expect(operator).not.toHaveProperty(['vault/prod/agent.hcl']);
  });

  it('states how it is reached and where each secret is, for what mounts it', () => {
    inFolder((outdir) => {
      const project = declare(new Project({ name: 'orders', outdir }), { address: ADDRESS, namespace: 'team' });
      const { service } = SecretsConfig.of(project)!;
      expect(service.secretStores[0]).toMatchObject({
        storeKind: 'vault',
        settings: {
          address: ADDRESS,
          mount: 'secret',
          authMount: 'kubernetes',
          role: 'orders-prod',
          namespace: 'team',
        },
        delivery: 'service',
        connections: [{ name: 'vault', port: 8200 }],
        token: { audience: 'vault', path: '/var/run/secrets/vault/token' },
      });
      expect(service.tryFindSecretReference('API_KEY', 'prod')).toMatchObject({
        key: 'orders/prod/API_KEY',
        property: 'value',
      });
    });
  });

  it('is no matter of Kubernetes where the service or an agent reads, and one where an operator does', () => {
    const files = synth(goldenServices['vault']!);
    expect(Object.keys(files).filter((path) => /external-secret|secret-store-/.test(path))).toEqual([]);
    const deployment = files['k8s/base/deployment-web.yaml'];
    expect(deployment).not.toMatch(/DATABASE_URL|STRIPE_API_KEY/);
    const every = synth(goldenServices['every-store']!);
    const { data } = parse(every['k8s/overlays/staging/external-secret-vault.yaml'] ?? '').spec;
    expect(data.map(({ secretKey }: { secretKey: string }) => secretKey)).toEqual(['SESSION_KEYS', 'STRIPE_API_KEY']);
    expect(every).not.toHaveProperty(['k8s/overlays/prod/external-secret-vault.yaml']);
  });

  it('is reached by the pods that read it, with a token that is for it alone, and by no others', () => {
    const files = synth(goldenServices['vault']!);
    const prod = (file: string) => parse(files[`k8s/overlays/prod/${file}.yaml`] ?? '').spec;
    const { containers, volumes } = prod('deployment-web').template.spec;
    // The job that migrates reads its URL there too.
    expect(prod('job-migrate').template.spec.volumes).toEqual(volumes);
    expect(prod('network-policy-migrate')).toEqual(prod('network-policy-web'));
    expect(volumes).toEqual([
      {
        name: 'token-vault',
        projected: {
          defaultMode: 0o440,
          sources: [{ serviceAccountToken: { audience: 'vault', expirationSeconds: 3600, path: 'token' } }],
        },
      },
    ]);
    const [{ volumeMounts }] = containers;
    expect(volumeMounts).toEqual([{ name: 'token-vault', mountPath: '/var/run/secrets/vault', readOnly: true }]);
    expect(prod('network-policy-web').egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'vault' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'vault' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8200 }],
      },
    ]);
    expect(parse(files['k8s/base/network-policy-web.yaml'] ?? '').spec.egress).toBeUndefined();
    // There an agent reads.
    expect(files).not.toHaveProperty(['k8s/overlays/staging/network-policy-web.yaml']);
    expect(files['tools/kubernetes/facts.json']).not.toContain('where on the network vault is');
    const every = synth(goldenServices['every-store']!);
    expect(every['tools/kubernetes/facts.json']).toContain('where on the network vault is, so nothing reaches it');
  });

  it('refuses what could not work, or would leak', () => {
    const broken = (more: Partial<VaultOptions>) => () => nodeFiles({ address: ADDRESS, ...more });
    expect(broken({ address: 'http://vault.internal:8200' })).toThrow('every secret crosses the network in the clear');
    expect(broken({ address: 'http://127.0.0.1:8100' })).not.toThrow();
    expect(broken({ address: 'vault' })).toThrow('Vault of prod: is at no address (got "vault")');
    expect(broken({ address: 'https://root:c4n4ry@vault' })).toThrow('has a login in its address');
    expect(broken({ address: 'https://root:c4n4ry@vault' })).not.toThrow(/c4n4ry/);
    expect(broken({ path: '../prod', role: 'a b' })).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 2 problems; nothing was written

        1. Vault of prod, path: is not written as Vault takes it (got "../prod")
           fix: use words of letters, digits, dashes and dots, joined by slashes
        2. Vault of prod, role: is not written as Vault takes it (got "a b")
           fix: use letters, digits, dashes and dots
      ]
    `);
    const login = (more: Partial<VaultDatabaseLogin>) => broken({ databaseLogin: { ...LOGIN, ...more } });
    expect(login({ url: 'mysql://db/orders' })).toThrow('is at no PostgreSQL database (got "mysql://db/orders")');
    expect(login({ url: 'postgresql://u:c4n4ry@db/orders' })).toThrow('has a login in its url');
    expect(login({ url: 'postgresql://u:c4n4ry@db/orders' })).not.toThrow(/c4n4ry/);
    expect(login({ memberOf: 'x"; DROP' })).toThrow('databaseLogin, memberOf: is not written as Vault takes it');
    expect(login({ variable: 'OTHER_URL' })).toThrow('no secret this Vault keeps (got "OTHER_URL")');
    expect(login({ lease: Duration.days(2) })).toThrow('has a lease that is longer than its longest');
    expect(broken({ delivery: VaultDelivery.OPERATOR, databaseLogin: LOGIN })).toThrow('for each process by itself');
  });
});

describe.skipIf(!hasTool(VAULT))('a real OpenBao', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vault-files-'));
  let server: VaultServer;
  let cluster: Cluster;
  let postgres: ScratchService;
  let held: Awaited<ReturnType<ScratchService['holdDatabase']>>;
  let database: URL;
  const bao = (...args: string[]) =>
    spawnSync(VAULT, args, {
      cwd: folder,
      encoding: 'utf8',
      // Each takes its own names.
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        ...Object.fromEntries(
          ['BAO', 'VAULT'].flatMap((name) => [
            [`${name}_ADDR`, server.address],
            [`${name}_TOKEN`, server.token],
          ]),
        ),
      },
    });
  const login = async (namespace: string, account: string) => {
    const jwt = cluster.jwt(namespace, account);
    return server.request('POST', 'auth/kubernetes/login', { role: 'orders-prod', jwt }, '');
  };

  beforeAll(async () => {
    [server, cluster] = await Promise.all([VaultServer.start(), Cluster.start()]);
    await server.trust(cluster);
    postgres = new ScratchService('postgresql');
    held = await postgres.holdDatabase();
    database = new URL(held.url);
    await query(held.url, 'CREATE ROLE orders_app NOLOGIN');
    const audit = { repository: 'acme/orders', ids: { owner: 7, repository: 42 } };
    const files = nodeFiles({ address: server.address, delivery: VaultDelivery.AGENT, databaseLogin: LOGIN, audit });
    mkdirSync(join(folder, 'vault/prod'), { recursive: true });
    for (const [path, text] of Object.entries(files).filter(([path]) => path.startsWith('vault/'))) {
      writeFileSync(join(folder, path), text);
    }
    await server.root('POST', 'secret/data/orders/prod/API_KEY', { data: { value: 'c4n4ry\nvalue' } });
    await server.root('POST', 'secret/data/billing/prod/API_KEY', { data: { value: 'foreign' } });
  });
  afterAll(async () => {
    await server.remove();
    cluster.close();
    await held.release();
    postgres.remove();
    rmSync(folder, { recursive: true });
  });

  it('takes the policy and the roles as they are, by the commands that the page gives', async () => {
    expect(bao('policy', 'write', 'orders-prod', 'vault/prod/policy.hcl')).toMatchObject({ status: 0 });
    expect(bao('write', 'auth/kubernetes/role/orders-prod', '@vault/prod/kubernetes-role.json')).toMatchObject({
      status: 0,
    });
    bao('secrets', 'enable', 'database');
    expect(bao('write', 'database/roles/orders-prod', '@vault/prod/database-role.json')).toMatchObject({ status: 0 });
    expect((await server.root('GET', 'database/roles/orders-prod')).body.data).toMatchObject({
      db_name: 'orders',
      default_ttl: 7200,
      max_ttl: 86400,
    });
    // Vault takes a login away with the token it was made with.
    expect((await server.root('GET', 'auth/kubernetes/role/orders-prod')).body.data).toMatchObject({
      token_ttl: 7200,
      token_max_ttl: 86400,
    });

    const { body } = await login('orders', 'orders');
    const read = (path: string) => server.request('GET', path, undefined, body.auth.client_token);
    expect(await read('secret/data/orders/prod/API_KEY')).toMatchObject({ status: 200 });
    expect(await read('secret/data/orders/prod/OTHER')).toMatchObject({ status: 403 });
    expect(await read('secret/data/billing/prod/API_KEY')).toMatchObject({ status: 403 });
    expect(await read('secret/metadata/orders/prod?list=true')).toMatchObject({ status: 403 });
    const write = server.request('POST', 'secret/data/orders/prod/API_KEY', { data: {} }, body.auth.client_token);
    expect(await write).toMatchObject({ status: 403 });
    expect(await login('billing', 'orders')).toMatchObject({ status: 403 });
    expect(await login('orders', 'billing')).toMatchObject({ status: 403 });
  });

  it('tells the scheduled workflow how old secrets are, and nobody what they hold', async () => {
    bao('auth', 'enable', 'jwt');
    expect(bao('policy', 'write', 'orders-prod-audit', 'vault/prod/audit-policy.hcl')).toMatchObject({ status: 0 });
    const workflow = await Workflow.start('repo:acme@7/orders@42:ref:refs/heads/main');
    const branch = await Workflow.start('repo:acme@7/orders@42:ref:refs/heads/mine');
    // Somebody who took over the names.
    const heir = await Workflow.start('repo:acme@8/orders@43:ref:refs/heads/main');
    await server.root('POST', 'auth/jwt/config', {
      jwt_validation_pubkeys: [workflow, branch, heir].map(({ publicKey }) => publicKey),
    });
    expect(bao('write', 'auth/jwt/role/orders-prod-audit', '@vault/prod/audit-role.json')).toMatchObject({ status: 0 });
    const options = {
      address: server.address,
      mount: 'secret',
      paths: { API_KEY: 'orders/prod/API_KEY' },
      audit: { role: 'orders-prod-audit', mount: 'jwt' },
    };
    const check = async (env: NodeJS.ProcessEnv, days: number) => {
      const output: string[] = [];
      const code = await checkRotation({
        args: ['prod'],
        facts: AUDITED,
        stores: { prod: [vaultStore(options, env)] },
        print: (text) => output.push(text),
        now: () => Date.now() + (days + 0.5) * 86_400_000,
      });
      return { code, output: output.join('\n') };
    };
    try {
      expect(await check(workflow.env, 1)).toMatchObject({ code: 0, output: expect.stringContaining('1 days old') });
      const late = await check(workflow.env, 91);
      expect(late).toMatchObject({ code: 1, output: expect.stringContaining('91 days old, 1 overdue') });
      expect(workflow.audiences).toContain(server.address);
      await expect(vaultStore(options, workflow.env).read?.('API_KEY')).rejects.toThrow('denies your token');
      expect(await check(heir.env, 1)).toMatchObject({
        code: 1,
        output: expect.stringContaining('refuses this workflow'),
      });
      const foreign = await check(branch.env, 1);
      expect(foreign).toMatchObject({
        code: 1,
        output: expect.stringContaining('refuses this workflow the role orders-prod-audit at auth/jwt (status 400)'),
      });
      expect(`${late.output}${foreign.output}`).not.toContain('c4n4ry');
    } finally {
      workflow.close();
      branch.close();
      heir.close();
    }
  });

  it('runs the agent, which keeps the files of the service current', async () => {
    bao('policy', 'write', 'orders-prod', 'vault/prod/policy.hcl');
    bao('write', 'auth/kubernetes/role/orders-prod', '@vault/prod/kubernetes-role.json');
    bao('secrets', 'enable', 'database');
    await server.root('POST', 'database/config/orders', {
      plugin_name: 'postgresql-database-plugin',
      allowed_roles: ['orders-prod'],
      connection_url: `postgresql://{{username}}:{{password}}@${database.host}${database.pathname}?sslmode=disable`,
      username: decodeURIComponent(database.username),
      password: decodeURIComponent(database.password),
    });
    bao('write', 'database/roles/orders-prod', '@vault/prod/database-role.json');
    const jwt = join(folder, 'jwt');
    writeFileSync(jwt, cluster.jwt('orders', 'orders'));
    // The places are those of a pod, and so is the database.
    const agent = readFileSync(join(folder, 'vault/prod/agent.hcl'), 'utf8')
      .replaceAll('/vault/secrets', join(folder, 'out'))
      .replace('/var/run/secrets/vault/token', jwt)
      .replace('static_secret_render_interval = "1m"', 'static_secret_render_interval = "1s"')
      .replace('db.internal:5432/orders', `${database.host}${database.pathname}`);
    writeFileSync(join(folder, 'agent.hcl'), agent);
    const process = spawn(VAULT, ['agent', '-config=agent.hcl'], {
      cwd: folder,
      stdio: 'ignore',
      env: { PATH: globalThis.process.env['PATH'], HOME: folder },
    });
    try {
      const file = join(folder, 'out', 'API_KEY');
      await expect
        .poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 20_000 })
        .toBe('c4n4ry\nvalue');
      expect(statSync(file).mode & 0o777).toBe(0o440);
      await server.root('POST', 'secret/data/orders/prod/API_KEY', { data: { value: 'rotated' } });
      await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 20_000 }).toBe('rotated');

      const url = new URL(readFileSync(join(folder, 'out', 'DATABASE_URL'), 'utf8'));
      expect(url.searchParams.get('schema')).toBe('public');
      const member = await query(url.toString(), "SELECT pg_has_role('orders_app', 'member') AS yes");
      expect(member).toEqual([{ yes: true }]);
      // What it makes stays when Vault takes it away, for the login that comes after.
      await query(held.url, 'GRANT CREATE ON SCHEMA public TO orders_app');
      await query(url.toString(), 'CREATE TABLE made_by_login (id INT)');
      await server.root('POST', 'sys/leases/revoke-prefix/database/creds/orders-prod');
      await expect(query(url.toString(), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      expect(await query(held.url, "SELECT tableowner FROM pg_tables WHERE tablename = 'made_by_login'")).toEqual([
        { tableowner: 'orders_app' },
      ]);
    } finally {
      process.kill('SIGTERM');
    }
  });

  it.each([
    ['policy.hcl', 'capabilities = ["read"]', 'capabilities = ["reed"]', ['policy', 'write', 'x', 'mutant']],
    [
      'kubernetes-role.json',
      'bound_service_account_names',
      'bound_accounts',
      ['write', 'auth/kubernetes/role/x', '@mutant'],
    ],
  ])('refuses a broken %s', (file, healthy, broken, command) => {
    const text = readFileSync(join(folder, 'vault/prod', file), 'utf8');
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    writeFileSync(join(folder, 'mutant'), mutant);
    expect(bao(...command).status).not.toBe(0);
  });
});
