import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';

export const REGION = 'eu-west-1';

/** A real `moto` server behind a door that counts requests and can be shut, as a network can. */
export class Moto {
  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn('moto_server', ['--host', '127.0.0.1', '--port', `${port}`], { stdio: 'ignore' });
    const failed = once(child, 'error').then(([error]) => {
      throw new Error('moto_server did not start; "npx projen test:secrets" brings it along', { cause: error });
    });
    const moto = new Moto(child, port);
    await Promise.race([failed, moto.#ready()]);
    await moto.open();
    return moto;
  }

  /** The operations asked for since the last time somebody looked. */
  operations: string[] = [];
  /** What operations are answered with in moto's place, which cannot deny a right of Secrets Manager in its protocol. */
  refusals: Readonly<Record<string, object>> = {};
  readonly #child: ChildProcess;
  readonly #port: number;
  #door: Server | undefined;
  #doorPort = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#doorPort}`;
  }

  async open(): Promise<void> {
    const door = createServer((incoming, outgoing) => {
      const operation = `${incoming.headers['x-amz-target'] ?? incoming.url}`.replace('secretsmanager.', '');
      this.operations.push(operation);
      const refusal = this.refusals[operation];
      if (refusal !== undefined) {
        incoming.resume();
        outgoing.writeHead('__type' in refusal ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
        outgoing.end(JSON.stringify(refusal));
        return;
      }
      const { method, url: path, headers } = incoming;
      const onward = request({ port: this.#port, host: '127.0.0.1', method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    door.listen(this.#doorPort, '127.0.0.1');
    await once(door, 'listening');
    this.#doorPort = (door.address() as AddressInfo).port;
    this.#door = door;
  }

  /** From now on nobody answers. */
  async shut(): Promise<void> {
    const door = this.#door;
    if (door === undefined) return;
    this.#door = undefined;
    door.closeAllConnections();
    door.close();
    await once(door, 'close');
  }

  /** Forgets all. */
  async reset(): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/moto-api/reset`, { method: 'POST' });
    if (!answer.ok) throw new Error(`moto answered ${answer.status}: ${await answer.text()}`);
    this.operations = [];
    this.refusals = {};
  }

  async stop(): Promise<void> {
    await this.shut();
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      try {
        await fetch(`http://127.0.0.1:${this.#port}/moto-api/data.json`);
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error('moto_server does not answer');
  }
}
