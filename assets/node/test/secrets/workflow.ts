import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A job of a GitHub workflow, as far as stores see it: there is no GitHub here, so this makes the tokens that say who the job is. */
export class Workflow {
  /** @param subject such as `repo:acme/orders:ref:refs/heads/main` */
  static async start(subject: string): Promise<Workflow> {
    const workflow = new Workflow(subject);
    workflow.#server.listen(0, '127.0.0.1');
    await once(workflow.#server, 'listening');
    return workflow;
  }

  /** What the token is signed with, for those who check it. */
  readonly publicKey: string;
  /** For whom tokens were asked. */
  readonly audiences: string[] = [];
  readonly #server: Server;

  private constructor(subject: string) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://127.0.0.1');
      if (request.headers.authorization !== 'bearer of-the-job') {
        response.writeHead(401).end();
        return;
      }
      const audience = url.searchParams.get('audience') ?? '';
      this.audiences.push(audience);
      const now = Math.floor(Date.now() / 1000);
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { iss: 'https://token.actions.githubusercontent.com', sub: subject, aud: audience };
      const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + 300 })}`;
      const value = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ count: value.length, value }));
    });
  }

  /** What the job finds in its environment; it has no other credentials. */
  get env(): NodeJS.ProcessEnv {
    const { port } = this.#server.address() as AddressInfo;
    return {
      HOME: '/nonexistent',
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
