import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/live/server';
import { Kubectl } from './kubectl';

/** The nodes of this cluster are a part of the test, so nothing here may find out that they are none. */
const CONTROLLERS = '*,-node-lifecycle-controller,-taint-eviction-controller';

/**
 * A cluster of real etcd, API server and controllers on loopback, in a folder of its own. What it lacks is a scheduler and nodes: pods are
 * objects that nothing runs.
 */
export class ControlPlane {
  private readonly programs: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  /** Starts one and waits until it answers. */
  public static async start(folder: string): Promise<ControlPlane> {
    const cluster = new ControlPlane(folder);
    try {
      await cluster.boot();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where its address and its credentials are. */
  public get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  public async stop(): Promise<void> {
    // The database goes last, because the others shut down by writing to it.
    for (const program of this.programs.splice(0).reverse()) {
      if (program.exitCode === null && program.signalCode === null) {
        program.kill('SIGKILL');
        await once(program, 'exit');
      }
    }
  }

  private async boot(): Promise<void> {
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
    const etcd = `http://127.0.0.1:${client}`;
    const peers = `http://127.0.0.1:${peer}`;
    this.run('etcd', {
      'data-dir': join(this.folder, 'etcd'),
      'listen-client-urls': etcd,
      'advertise-client-urls': etcd,
      'listen-peer-urls': peers,
      'initial-advertise-peer-urls': peers,
      'initial-cluster': `default=${peers}`,
      'unsafe-no-fsync': 'true',
      'log-level': 'error',
    });
    const key = this.write('service-accounts.pem', privateKey());
    const token = randomUUID();
    const certificates = join(this.folder, 'certificates');
    this.run('kube-apiserver', {
      'etcd-servers': etcd,
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': `${secure}`,
      'cert-dir': certificates,
      'authorization-mode': 'RBAC',
      'token-auth-file': this.write('tokens.csv', `${token},admin,admin,system:masters\n`),
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': key,
      'service-account-signing-key-file': key,
      'service-cluster-ip-range': '10.96.0.0/16',
      'endpoint-reconciler-type': 'none',
      // So that nothing but Pod Security refuses what is privileged.
      'allow-privileged': 'true',
    });
    const authority = join(certificates, 'apiserver.crt');
    const cluster = { server: `https://127.0.0.1:${secure}`, 'certificate-authority': authority };
    this.write('kubeconfig', JSON.stringify(kubeconfig(cluster, token)));
    await this.answers();
    this.run('kube-controller-manager', {
      kubeconfig: this.kubeconfig,
      'leader-elect': 'false',
      'secure-port': '0',
      controllers: CONTROLLERS,
      'service-account-private-key-file': key,
      'root-ca-file': authority,
      'kube-api-qps': '500',
      'kube-api-burst': '1000',
      // It asks nobody how busy pods are: there is no metrics server.
      'horizontal-pod-autoscaler-sync-period': '1s',
    });
  }

  private run(program: string, flags: Record<string, string>): void {
    const log = openSync(join(this.folder, `${program}.log`), 'w');
    const child = spawn(
      program,
      Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
      { stdio: ['ignore', log, log] },
    );
    child.on('error', () => {});
    this.programs.push(child);
  }

  private async answers(): Promise<void> {
    const kubectl = new Kubectl(this.kubeconfig);
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(200)) {
      const ended = this.programs.find(({ exitCode, pid }) => exitCode !== null || pid === undefined);
      if (ended !== undefined) {
        throw new Error(`${ended.spawnfile} did not start; "npx projen test:cluster" brings it along\n${this.logs()}`);
      }
      const { passed } = await kubectl.run(['get', '--raw', '/readyz']);
      if (passed) {
        return;
      }
    }
    throw new Error(`the API server did not become ready\n${this.logs()}`);
  }

  private logs(): string {
    return ['etcd', 'kube-apiserver']
      .map((program) => readFileSync(join(this.folder, `${program}.log`), 'utf8').slice(-4_000))
      .join('\n');
  }

  private write(name: string, text: string): string {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return key.export({ type: 'pkcs1', format: 'pem' }) as string;
}

function kubeconfig(cluster: object, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user: { token } }],
  };
}
