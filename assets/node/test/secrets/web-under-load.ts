import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type Declarations, load, originOf } from '../../src/platform/config/load.js';
import { SecretRefresh } from '../../src/platform/config/refresh.js';
import * as types from '../../src/platform/config/types.js';
import type { DatabaseConfig, DatabaseDriver } from '../../src/platform/database/types.js';
import type { SecretStore } from '../../tools/secrets/store.js';

export const declarations = {
  databaseUrl: { name: 'DATABASE_URL', type: types.url({ schemes: ['postgresql', 'mysql'] }), secret: true },
} as const satisfies Declarations;

/** A store as a platform has it that mounts secrets: a file. */
export function fileStore(path: string, url: string): SecretStore & { url(): string } {
  writeFileSync(path, url);
  return {
    name: 'a folder',
    places: { DATABASE_URL: path },
    url: () => readFileSync(path, 'utf8'),
    describe: async () => ({}),
    read: async () => readFileSync(path, 'utf8'),
    write: async (_variable, text) => {
      writeFileSync(path, text);
      return undefined;
    },
  };
}

interface WebOptions {
  /** The file that has the URL. */
  readonly path: string;
  readonly open: (config: DatabaseConfig) => DatabaseDriver;
  /** What each request does in the database. */
  readonly sql: string;
}

/** What a web process is about: the configuration, the pool of the platform, and a query for each request. */
export class Web {
  static async start({ path, open, sql }: WebOptions): Promise<Web> {
    const config = await load(declarations, { env: { DATABASE_URL_FILE: path }, environment: 'prod' });
    const origin = originOf(config);
    if (origin === undefined) throw new Error('the configuration has no origin');
    const driver = open({
      ...config,
      databasePoolSize: 8,
      databaseConnectTimeout: 5000,
      databaseStatementTimeout: 5000,
    });
    const adapter = await driver.adapter.connect();
    const server = createServer((_, response) => {
      adapter
        .queryRaw({ sql, args: [], argTypes: [] })
        .then(() => response.end('ok'))
        .catch((error: Error) => response.writeHead(500).end(error.message));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Web(server, new SecretRefresh(origin), async () => {
      await adapter.dispose();
      await driver.close();
    });
  }

  readonly #server: Server;
  readonly #secrets: SecretRefresh;
  readonly #close: () => Promise<void>;

  private constructor(server: Server, secrets: SecretRefresh, close: () => Promise<void>) {
    this.#server = server;
    this.#secrets = secrets;
    this.#close = close;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async refresh(): Promise<void> {
    const { changed } = await this.#secrets.refresh();
    expect(changed.map(({ variable }) => variable)).toEqual(['DATABASE_URL']);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#close();
  }
}

/** Twelve clients that never rest. */
export class Load {
  answered = 0;
  readonly failures: string[] = [];
  #stopping = false;
  readonly #clients: Promise<unknown>;

  constructor(url: string) {
    const client = async () => {
      while (!this.#stopping) {
        try {
          const response = await fetch(url);
          const text = await response.text();
          if (response.ok) this.answered++;
          else this.failures.push(text);
        } catch (error) {
          this.failures.push(String(error));
        }
      }
    };
    this.#clients = Promise.all(Array.from({ length: 12 }, client));
  }

  async stop(): Promise<{ answered: number; failures: string[] }> {
    this.#stopping = true;
    await this.#clients;
    return { answered: this.answered, failures: this.failures };
  }
}
