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
   * @param expected what readiness answers then
   */
  public static async start(
    folder: string,
    command: readonly [string, ...string[]],
    env: Record<string, string> = {},
    expected = 200,
  ): Promise<RunningService> {
    const ports = { PORT: `${await freePort()}`, MANAGEMENT_PORT: `${await freePort()}`, ...env };
    const [program, ...args] = command;
    const begun = performance.now();
    const child = spawn(program, args, {
      cwd: folder,
      env: shellEnvironment({ APP_ENV: 'dev', ...ports, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const at = (port: string) => `http://127.0.0.1:${port}`;
    const service = new RunningService(child, at(ports.PORT), at(ports.MANAGEMENT_PORT));
    await service.waitUntil((status) => status === 200, '/startupz');
    await service.waitUntil((status) => status === expected);
    service.readyAfter = performance.now() - begun;
    return service;
  }

  /** Milliseconds from the start of the process until it was ready. */
  public readyAfter = Number.NaN;

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
  public async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Asks one of the probes. */
  public async probe(path: string): Promise<number> {
    return (await fetch(`${this.managementUrl}${path}`)).status;
  }

  /**
   * Waits until a probe answers with such a status; 0 means that nothing answered.
   *
   * @returns how long that took, in milliseconds
   */
  public async waitUntil(expected: (status: number) => boolean, path = '/readyz'): Promise<number> {
    const begun = performance.now();
    while (performance.now() - begun < 60_000) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the service ended with ${this.child.exitCode ?? this.child.signalCode}\n${this.output()}`);
      }
      if (expected(await this.probe(path).catch(() => 0))) {
        return performance.now() - begun;
      }
      await sleep(20);
    }
    await this.stop('SIGKILL');
    throw new Error(`${path} did not answer as expected within a minute\n${this.output()}`);
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the caller's to know
  readonly body: any;
}
