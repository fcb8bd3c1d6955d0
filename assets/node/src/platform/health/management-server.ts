import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Log } from '../logging/types.js';
import type { Endpoint } from './endpoints.js';

/** A server for the platform around the service: probes, and what modules add. Plain, so that little can go wrong with it. */
export class ManagementServer {
  readonly #endpoints: Readonly<Record<string, Endpoint>>;
  readonly #server: Server;
  readonly #log: Log;

  constructor(endpoints: Readonly<Record<string, Endpoint>>, log: Log) {
    this.#endpoints = endpoints;
    this.#log = log;
    this.#server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  /** Resolves to the port it listens on. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = promisify(this.#server.close.bind(this.#server))();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const endpoint = Object.hasOwn(this.#endpoints, path) ? this.#endpoints[path] : undefined;
    if (!endpoint) return void response.writeHead(404).end();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    try {
      await endpoint(request, response);
    } catch (error) {
      this.#log.error({ error, endpoint: path }, 'management endpoint failed');
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
  }
}
