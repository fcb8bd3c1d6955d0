import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';

export const REGION = 'eu-west-1';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** moto says no as IAM does, in XML; Secrets Manager says it in JSON, by these names. */
const REFUSALS: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
};

function inJson(xml: string): string {
  const [, code = ''] = /<Code>(.*)<\/Code>/.exec(xml) ?? [];
  const [, Message = ''] = /<Message>(.*)<\/Message>/.exec(xml) ?? [];
  return JSON.stringify({ __type: REFUSALS[code] ?? code, Message });
}

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
  /** What operations are answered with in moto's place, which looks at no resource and is never too busy. */
  refusals: Readonly<Record<string, object>> = {};
  /** The access keys that AWS would say have expired. */
  expired: readonly string[] = [];
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
      const isExpired = this.expired.some((key) => incoming.headers.authorization?.includes(`Credential=${key}/`));
      const refusal = isExpired ? { __type: 'ExpiredTokenException', message: 'expired' } : this.refusals[operation];
      if (refusal !== undefined) {
        incoming.resume();
        outgoing.writeHead('__type' in refusal ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
        outgoing.end(JSON.stringify(refusal));
        return;
      }
      const { method, url: path, headers } = incoming;
      const onward = request({ port: this.#port, host: '127.0.0.1', method, path, headers }, async (answer) => {
        if (answer.statusCode === 403) {
          outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
          outgoing.end(inJson(await text(answer)));
          return;
        }
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

  /** From now on moto looks at signatures and at what users may do, or at nothing. */
  async authorize(isOn: boolean): Promise<void> {
    await this.#post('/moto-api/reset-auth', isOn ? '0' : 'inf');
  }

  /** A user with these rights and no others. */
  async user(name: string, document: object): Promise<Credentials> {
    await this.#iam({ Action: 'CreateUser', UserName: name });
    const policy = { PolicyName: 'rights', PolicyDocument: JSON.stringify(document) };
    await this.#iam({ Action: 'PutUserPolicy', UserName: name, ...policy });
    const key = await this.#iam({ Action: 'CreateAccessKey', UserName: name });
    const member = (tag: string) => new RegExp(`<${tag}>(.*)</${tag}>`).exec(key)?.[1] ?? '';
    return { accessKeyId: member('AccessKeyId'), secretAccessKey: member('SecretAccessKey') };
  }

  /** Puts a secret into Secrets Manager. */
  async secret(name: string, text: string): Promise<void> {
    const body = JSON.stringify({ Name: name, SecretString: text, ClientRequestToken: randomUUID() });
    await this.#post('/', body, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.CreateSecret',
      authorization: `AWS4-HMAC-SHA256 Credential=anyone/20260101/${REGION}/secretsmanager/aws4_request, SignedHeaders=host, Signature=none`,
    });
  }

  #iam(parameters: Readonly<Record<string, string>>): Promise<string> {
    const credential = 'Credential=anyone/20260101/us-east-1/iam/aws4_request';
    return this.#post('/', new URLSearchParams({ Version: '2010-05-08', ...parameters }), {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
    });
  }

  async #post(path: string, body: string | URLSearchParams, headers: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`, { method: 'POST', body, headers });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`moto answered ${answer.status}: ${said}`);
    return said;
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
    await this.authorize(false);
    await this.#post('/moto-api/reset', '');
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
