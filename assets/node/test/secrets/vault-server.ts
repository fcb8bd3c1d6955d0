import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';

/** The program that is tried; `TEST_VAULT=vault` tries HashiCorp's, which nothing here brings along. */
export const VAULT = process.env['TEST_VAULT'] ?? 'bao';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever Vault says.
  readonly body: any;
}

/** A real OpenBao, or Vault, on loopback that keeps everything in memory, and the token of its root. */
export class VaultServer {
  static async start(): Promise<VaultServer> {
    const server = new VaultServer(await freePort());
    await server.up();
    return server;
  }

  readonly token = 'root-of-tests';
  readonly #port: number;
  readonly #home = mkdtempSync(join(tmpdir(), 'vault-'));
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, empty: nothing outlives a stop. */
  async up(): Promise<void> {
    const args = ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${this.token}`];
    this.#process = spawn(VAULT, [...args, `-dev-listen-address=127.0.0.1:${this.#port}`], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] ?? '', HOME: this.#home },
    });
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const isUp = await fetch(`${this.address}/v1/secret/config`, { headers: { 'X-Vault-Token': this.token } }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) return;
      await sleep(100);
    }
    throw new Error(`${VAULT} did not start within 20 s`);
  }

  async down(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server === undefined) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async request(method: string, path: string, body?: object, token = this.token): Promise<Answer> {
    const response = await fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** As root, and it must work. */
  async root(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** Lets service accounts log in, whose tokens the cluster vouches for. */
  async trust(cluster: Cluster): Promise<void> {
    await this.root('POST', 'sys/auth/kubernetes', { type: 'kubernetes' });
    await this.root('POST', 'auth/kubernetes/config', {
      kubernetes_host: cluster.address,
      disable_local_ca_jwt: true,
      // Vault wants one, though plain HTTP on loopback uses none.
      kubernetes_ca_cert: rootCertificates[0],
      token_reviewer_jwt: cluster.jwt('system', 'vault'),
    });
  }
}

/** The one thing of a Kubernetes cluster that Vault asks for: whose a token is. There is no cluster here, so this stands for it. */
export class Cluster {
  static async start(): Promise<Cluster> {
    const cluster = new Cluster();
    await new Promise<void>((resolve) => cluster.#server.listen(0, '127.0.0.1', resolve));
    return cluster;
  }

  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { spec } = JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...REVIEW, status: this.#review(spec.token, spec.audiences) }));
    });
  });

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A service account's token, for the audience `vault`. */
  jwt(namespace: string, serviceAccount: string): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: ['vault'],
      exp: now + 3600,
      iat: now,
      iss: 'https://kubernetes.default.svc',
      'kubernetes.io': { namespace, serviceaccount: { name: serviceAccount, uid: `uid-of-${serviceAccount}` } },
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    };
    return `${part({ alg: 'RS256', kid: 'test' })}.${part(claims)}.${Buffer.from('signed').toString('base64url')}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #review(jwt: string, audiences: unknown): object {
    const {
      sub,
      aud,
      'kubernetes.io': about,
    } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    if (Array.isArray(audiences) && !audiences.some((audience) => aud.includes(audience))) {
      return { authenticated: false, error: 'not for this audience' };
    }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${about.namespace}`];
    return { authenticated: true, audiences: aud, user: { username: sub, uid: about.serviceaccount.uid, groups } };
  }
}

const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createSocket().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
