import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Moto } from '../../assets/node/test/aws/moto';
import { query } from '../../assets/node/test/secrets/query';
import { Cluster, VaultServer } from '../../assets/node/test/secrets/vault-server';
import { ScratchService } from '../../assets/node/test/tools/scratch-service';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';
import { hasTool } from './tools';

const root = join(__dirname, '..', '..');
const PASSWORD = 'c4n4ry';

/** The migrations of a golden service, by the command of the process `migrate`; only its packages are borrowed. */
class Migrations {
  readonly folder = mkdtempSync(join(tmpdir(), 'migrate-'));

  constructor(golden: string) {
    synthInto(this.folder, goldenServices[golden]!);
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    const migration = join(this.folder, 'prisma/migrations/20260101000000_init');
    mkdirSync(migration, { recursive: true });
    writeFileSync(join(migration, 'migration.sql'), 'CREATE TABLE invoice (id int PRIMARY KEY);');
    writeFileSync(join(migration, 'down.sql'), 'DROP TABLE invoice;');
  }

  /** What is a fixed place in production is here wherever it can be. */
  edit(...changes: readonly (readonly [string, string])[]): void {
    const file = join(this.folder, 'src/platform/config.ts');
    const text = readFileSync(file, 'utf8');
    rmSync(file);
    writeFileSync(
      file,
      changes.reduce((code, [from, to]) => code.replaceAll(from, to), text),
    );
  }

  async run(verb: string, env: NodeJS.ProcessEnv): Promise<{ status: number; output: string }> {
    const args = ['--import', 'tsx', 'src/platform/migrations/cli.ts', verb];
    // The SDK of AWS warns of Node 20 otherwise.
    const inherited = { PATH: process.env['PATH'], HOME: this.folder, NODE_NO_WARNINGS: '1' };
    const child = spawn(process.execPath, args, { cwd: this.folder, env: { ...inherited, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const status = await new Promise<number>((resolve) => child.once('close', resolve));
    expect(output).not.toContain(PASSWORD);
    return { status, output };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe.skipIf(!hasTool('bao') || !hasTool('moto_server'))('migrate, where a store has the URL', () => {
  let postgres: ScratchService;
  let held: Awaited<ReturnType<ScratchService['holdDatabase']>>;
  let owner: string;
  let service: Migrations;

  beforeAll(async () => {
    postgres = new ScratchService('postgresql');
    held = await postgres.holdDatabase();
    await query(held.url, `CREATE ROLE billing_owner LOGIN PASSWORD '${PASSWORD}'`);
    const url = new URL(held.url);
    await query(held.url, `GRANT CREATE ON DATABASE "${url.pathname.slice(1)}" TO billing_owner`);
    await query(held.url, 'GRANT ALL ON SCHEMA public TO billing_owner');
    Object.assign(url, { username: 'billing_owner', password: PASSWORD });
    owner = url.toString();
  }, 60_000);
  beforeEach(async () => {
    for (const table of ['invoice', '_prisma_migrations', '_migration_journal']) {
      await query(held.url, `DROP TABLE IF EXISTS ${table}`);
    }
  });
  afterEach(() => service.remove());
  afterAll(async () => {
    await held.release();
    postgres.remove();
  });

  const tableOwner = async () => {
    const [row] = await query(held.url, "SELECT tableowner FROM pg_tables WHERE tablename = 'invoice'");
    return row?.['tableowner'];
  };

  it('asks AWS Secrets Manager, and takes what a file gives without asking', async () => {
    const moto = await Moto.start();
    const env = {
      APP_ENV: 'prod',
      AWS_ACCESS_KEY_ID: 'anyone',
      AWS_SECRET_ACCESS_KEY: 'anything',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.url,
      AWS_MAX_ATTEMPTS: '1',
    };
    service = new Migrations('aws');
    try {
      await moto.secret('billing/prod/DATABASE_URL', held.url);
      expect(await service.run('status', env)).toMatchObject({
        status: 2,
        output: expect.stringContaining('1 to apply'),
      });
      await moto.secret('billing/prod/MIGRATION_DATABASE_URL', owner);
      expect(await service.run('migrate', env)).toMatchObject({
        status: 0,
        output: expect.stringContaining('applied 2026'),
      });
      expect(await tableOwner()).toBe('billing_owner');

      await moto.shut();
      const away = await service.run('status', env);
      expect(away).toMatchObject({
        status: 1,
        output: expect.stringMatching(
          /^MIGRATION_DATABASE_URL cannot be read from AWS Secrets Manager in eu-west-1, billing\/prod\/MIGRATION_DATABASE_URL: .*Mend that, or set MIGRATION_DATABASE_URL_FILE/,
        ),
      });
      writeFileSync(join(service.folder, 'url'), owner);
      expect(await service.run('status', { ...env, MIGRATION_DATABASE_URL_FILE: 'url' })).toMatchObject({ status: 0 });
    } finally {
      await moto.stop();
    }
  }, 120_000);

  it('asks Vault, as the pod that it runs in', async () => {
    const [server, cluster] = await Promise.all([VaultServer.start(), Cluster.start()]);
    service = new Migrations('vault');
    try {
      const jwt = join(service.folder, 'token');
      writeFileSync(jwt, cluster.jwt('billing', 'billing'));
      service.edit(['https://vault.internal:8200', server.address], ['/var/run/secrets/vault/token', jwt]);
      const read = (file: string) => readFileSync(join(service.folder, 'vault/prod', file), 'utf8');
      await server.trust(cluster);
      await server.root('PUT', 'sys/policies/acl/billing-prod', { policy: read('policy.hcl') });
      await server.root('POST', 'auth/kubernetes/role/billing-prod', JSON.parse(read('kubernetes-role.json')));
      await server.root('POST', 'secret/data/billing/prod/MIGRATION_DATABASE_URL', { data: { value: owner } });
      expect(await service.run('migrate', { APP_ENV: 'prod' })).toMatchObject({
        status: 0,
        output: expect.stringContaining('applied 20260101000000_init'),
      });
      expect(await tableOwner()).toBe('billing_owner');
    } finally {
      await server.remove();
      cluster.close();
    }
  }, 120_000);

  it('reads what the Vault agent beside it writes, whether or not what is optional is there', async () => {
    const [server, cluster] = await Promise.all([VaultServer.start(), Cluster.start()]);
    service = new Migrations('vault');
    const secrets = join(service.folder, 'secrets');
    service.edit(['/vault/secrets', secrets]);
    const read = (file: string) => readFileSync(join(service.folder, 'vault/staging', file), 'utf8');
    const database = new URL(held.url);
    let agent: ReturnType<typeof spawn> | undefined;
    try {
      const jwt = join(service.folder, 'token');
      writeFileSync(jwt, cluster.jwt('billing', 'billing'));
      await server.trust(cluster);
      await server.root('PUT', 'sys/policies/acl/billing-staging', { policy: read('policy.hcl') });
      await server.root('POST', 'auth/kubernetes/role/billing-staging', JSON.parse(read('kubernetes-role.json')));
      await server.root('POST', 'sys/mounts/database', { type: 'database' });
      await server.root('POST', 'database/config/ledger', {
        plugin_name: 'postgresql-database-plugin',
        allowed_roles: ['billing-staging'],
        connection_url: `postgresql://{{username}}:{{password}}@${database.host}${database.pathname}?sslmode=disable`,
        username: decodeURIComponent(database.username),
        password: decodeURIComponent(database.password),
      });
      await query(held.url, 'CREATE ROLE billing_app NOLOGIN');
      await server.root('POST', 'database/roles/billing-staging', JSON.parse(read('database-role.json')));
      await server.root('POST', 'secret/data/billing/staging/STRIPE_API_KEY', { data: { value: 'sk' } });
      const config = read('agent.hcl')
        .replaceAll('/vault/secrets', secrets)
        .replace('https://vault.staging.internal:8200', server.address)
        .replace('/var/run/secrets/vault/token', jwt)
        .replace('static_secret_render_interval = "1m"', 'static_secret_render_interval = "1s"')
        .replace('db.staging.internal:5432/ledger', `${database.host}${database.pathname}`);
      writeFileSync(join(service.folder, 'agent.hcl'), config);
      const start = (...options: string[]) =>
        spawn('bao', ['agent', '-config=agent.hcl', ...options], {
          cwd: service.folder,
          stdio: 'ignore',
          env: { PATH: process.env['PATH'], HOME: service.folder },
        });
      agent = start();
      const written = (name: string) => {
        const file = join(secrets, name);
        return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      };
      await expect.poll(() => written('STRIPE_API_KEY'), { timeout: 20_000 }).toBe('sk');
      await expect.poll(() => written('MIGRATION_DATABASE_URL'), { timeout: 20_000 }).toBe('');
      await expect.poll(() => written('DATABASE_URL'), { timeout: 20_000 }).toContain('postgresql://v-');
      // The login that Vault made belongs to a role that may not change the schema.
      const asService = await service.run('migrate', { APP_ENV: 'staging' });
      expect(asService).toMatchObject({ status: 1, output: expect.stringContaining('permission denied') });

      await server.root('POST', 'secret/data/billing/staging/MIGRATION_DATABASE_URL', { data: { value: owner } });
      agent.kill('SIGTERM');
      // As the init container of a job.
      agent = start('-exit-after-auth');
      expect(await new Promise((resolve) => agent?.once('exit', resolve))).toBe(0);
      expect(await service.run('migrate', { APP_ENV: 'staging' })).toMatchObject({ status: 0 });
      expect(await tableOwner()).toBe('billing_owner');
    } finally {
      agent?.kill('SIGTERM');
      await server.remove();
      cluster.close();
    }
  }, 120_000);
});
