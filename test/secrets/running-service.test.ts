import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster, VAULT, VaultServer } from '../../assets/node/test/secrets/vault-server';
import { type ISecretsProvider, SecretsProvider, SopsRecipient } from '../../src/secrets';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';
import { hasTool } from './tools';

const CANARY = 'c4n4ry-of-the-service';
const root = join(__dirname, '..', '..');

/** A whole service with a secret in a store, as it runs in production; only its packages are borrowed. */
class RunningService {
  readonly folder = mkdtempSync(join(tmpdir(), 'running-'));
  port = 0;
  output = '';
  private child?: ChildProcess;

  constructor(provider: ISecretsProvider) {
    synthInto(this.folder, (outdir) => {
      const service = goldenServices['bare']!(outdir);
      service.config.add('API_KEY', { secret: true, description: 'Charges cards' });
      service.secrets.use(provider, { environments: ['prod'] });
      return service;
    });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  edit(path: string, change: (text: string) => string): void {
    const file = join(this.folder, path);
    const text = readFileSync(file, 'utf8');
    expect(change(text)).not.toBe(text);
    rmSync(file);
    writeFileSync(file, change(text));
  }

  async start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.port = await freePort();
    const settings = { APP_ENV: 'prod', PORT: String(this.port), MANAGEMENT_PORT: String(this.port), ...env };
    const [program, ...args] = command;
    const inherited = { PATH: process.env['PATH'], HOME: this.folder };
    this.child = spawn(program!, args, {
      cwd: this.folder,
      env: { ...inherited, SECRET_REFRESH_INTERVAL: '200ms', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    await expect.poll(() => this.get('/readyz').catch(() => this.output), { timeout: 30_000 }).toContain('200');
  }

  async get(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
    return `${response.status} ${await response.text()}`;
  }

  async stop(): Promise<number | null> {
    const { child } = this;
    const ended = new Promise<number | null>((resolve) => child?.once('exit', resolve));
    child?.kill('SIGTERM');
    return await ended;
  }

  remove(): void {
    this.child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const MAIN = [process.execPath, '--import', 'tsx', 'src/main.ts'];

describe.skipIf(!hasTool(VAULT))('a service with its secrets in Vault', { timeout: 90_000 }, () => {
  let server: VaultServer;
  let cluster: Cluster;
  let service: RunningService;
  const put = (value: string) => server.root('POST', 'secret/data/hello/prod/API_KEY', { data: { value } });
  const prepare = async () => {
    await server.trust(cluster);
    const read = (file: string) => readFileSync(join(service.folder, 'vault/prod', file), 'utf8');
    await server.root('PUT', 'sys/policies/acl/hello-prod', { policy: read('policy.hcl') });
    await server.root('POST', 'auth/kubernetes/role/hello-prod', JSON.parse(read('kubernetes-role.json')));
    await put(CANARY);
  };

  beforeAll(async () => {
    [server, cluster] = await Promise.all([VaultServer.start(), Cluster.start()]);
    service = new RunningService(SecretsProvider.vault({ address: server.address }));
    // Only Kubernetes mounts a token there.
    const jwt = join(service.folder, 'jwt');
    service.edit('src/platform/config.ts', (text) => text.replace('/var/run/secrets/vault/token', jwt));
    writeFileSync(jwt, cluster.jwt('hello', 'hello'));
    await prepare();
  });
  afterAll(async () => {
    service.remove();
    cluster.close();
    await server.remove();
  });

  it('starts, follows a rotation, and serves through an outage of Vault, which its metrics and log tell', async () => {
    await service.start(MAIN);
    const lines = (message: string) => service.output.split('\n').filter((line) => line.includes(message));
    // Lines are written in batches.
    await expect.poll(() => lines('secret read')).toEqual([expect.stringContaining('secret/hello/prod/API_KEY')]);

    await put(`${CANARY}-rotated`);
    await expect.poll(() => lines('secret changed'), { timeout: 10_000 }).toHaveLength(1);

    await server.down();
    const metrics = () => service.get('/metrics');
    await expect.poll(metrics, { timeout: 10_000 }).toContain('secret_stale{variable="API_KEY"} 1');
    expect(await service.get('/readyz')).toContain('200');
    const complaints = () => lines('its last good value stays');
    await expect.poll(complaints).toEqual([expect.stringContaining('it does not answer (ECONNREFUSED)')]);

    await server.up();
    await prepare();
    await expect.poll(metrics, { timeout: 10_000 }).toContain('secret_stale{variable="API_KEY"} 0');
    const everything = `${service.output}${await metrics()}${await service.get('/health')}`;
    expect(await service.stop()).toBe(0);
    expect(everything).not.toContain(CANARY);
  });
});

describe.skipIf(!hasTool('sops') || !hasTool('age-keygen'))('a service with its secrets in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  let service: RunningService | undefined;
  afterAll(() => {
    service?.remove();
    rmSync(folder, { recursive: true });
  });

  it('starts by secrets:run, which takes the files away when it stops', { timeout: 90_000 }, async () => {
    const key = join(folder, 'key');
    spawnSync('age-keygen', ['-o', key]);
    const recipient = spawnSync('age-keygen', ['-y', key], { encoding: 'utf8' }).stdout.trim();
    service = new RunningService(
      SecretsProvider.sops({ recipients: { prod: [SopsRecipient.age('server', recipient)] } }),
    );
    const env = { SOPS_AGE_KEY_FILE: key };
    // What secrets:edit leaves behind, without an editor.
    const file = 'secrets/prod.enc.yaml';
    const { stdout } = spawnSync('sops', ['encrypt', '--filename-override', file], {
      cwd: service.folder,
      input: `API_KEY: ${CANARY}\n`,
      encoding: 'utf8',
    });
    spawnSync('mkdir', [join(service.folder, 'secrets')]);
    writeFileSync(join(service.folder, file), stdout);

    await service.start(
      [process.execPath, '--import', 'tsx', 'tools/secrets-files/cli.ts', 'run', 'prod', ...MAIN],
      env,
    );
    const sourceIn = (text: string) => /"source":"the file ([^"]+)"/.exec(text)?.[1] ?? '';
    // Lines are written in batches.
    await expect.poll(() => sourceIn(service?.output ?? '')).not.toBe('');
    const source = sourceIn(service.output);
    expect(existsSync(source)).toBe(true);
    expect(await service.stop()).toBe(0);
    expect(existsSync(source)).toBe(false);
    expect(service.output).not.toContain(CANARY);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
