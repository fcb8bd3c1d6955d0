import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect, shellEnvironment } from './command';

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') {
    throw new Error('no port could be had on 127.0.0.1');
  }
  return address.port;
}

/**
 * A running service, as a process of its own.
 */
export class RunningService {
  /**
   * Starts a service and waits until it is ready.
   *
   * @param command what to run, such as `['node', 'dist/main.js']`
   */
  public static async start(
    folder: string,
    command: readonly [string, ...string[]],
    env: Record<string, string> = {},
  ): Promise<RunningService> {
    const [port, managementPort] = [await freePort(), await freePort()];
    const [program, ...args] = command;
    const child = spawn(program, args, {
      cwd: folder,
      env: shellEnvironment({ APP_ENV: 'dev', PORT: `${port}`, MANAGEMENT_PORT: `${managementPort}`, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = new RunningService(child, `http://127.0.0.1:${port}`, `http://127.0.0.1:${managementPort}`);
    await service.waitUntilReady();
    return service;
  }

  /** Everything it has printed. */
  public readonly output: () => string;
  /** Resolves with the exit code when it has ended. */
  public readonly ended: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    public readonly url: string,
    public readonly managementUrl: string,
  ) {
    this.output = collect(child);
    this.ended = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', () => resolve(null));
    });
  }

  /** Asks it to stop, and kills it after a minute, as an orchestrator would. */
  public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), 60_000);
    const code = await this.ended;
    clearTimeout(impatience);
    return code;
  }

  /** Calls the public API with JSON. */
  public async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Asks one of the probes. */
  public async probe(path: string): Promise<number> {
    return (await fetch(`${this.managementUrl}${path}`)).status;
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) {
        throw new Error(`the service ended with ${this.child.exitCode} before it was ready\n${this.output()}`);
      }
      if ((await this.probe('/readyz').catch(() => 0)) === 200) {
        return;
      }
      await sleep(20);
    }
    await this.stop('SIGKILL');
    throw new Error(`the service was not ready within a minute\n${this.output()}`);
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the caller's to know
  readonly body: any;
}
