import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect } from '../../scripts/live/command';

/** A server of somebody else's, as a process of its own. */
export class Server {
  /**
   * Starts it and waits until it is ready.
   *
   * @param ready what answers then
   */
  public static async start(
    program: string,
    args: readonly string[],
    ready: string,
    env: Record<string, string> = {},
  ): Promise<Server> {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new Server(child, collect(child));
    child.once('error', () => undefined);
    await until(`${program} is ready`, async () => {
      if (server.hasEnded) {
        throw new Ended(`${program} ended\n${server.output()}`);
      }
      return (await fetch(ready)).ok;
    });
    return server;
  }

  private constructor(
    private readonly child: ChildProcess,
    /** Everything it has printed. */
    public readonly output: () => string,
  ) {}

  public stop(): void {
    this.child.kill('SIGKILL');
  }

  private get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

class Ended extends Error {}

/**
 * Waits until something is so.
 *
 * @param what it is, for the message when it does not come
 * @param detail said beside it then
 */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { seconds = 60, detail = () => '' }: { seconds?: number; detail?: () => string | Promise<string> } = {},
): Promise<void> {
  for (let tries = 0; tries < seconds * 4; tries++) {
    try {
      if (await isSo()) {
        return;
      }
    } catch (error) {
      if (error instanceof Ended) {
        throw error;
      }
    }
    await sleep(250);
  }
  throw new Error(`within ${seconds} s it was not so that ${what}\n${await detail()}`);
}
