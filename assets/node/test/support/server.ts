import { onTestFinished } from 'vitest';
import type { PlatformConfig } from '../../src/platform/app/types.js';
import { createServer, type ServerOptions } from '../../src/platform/http/server.js';
import type { App, AppPlugin } from '../../src/platform/http/types.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';

export const CONFIG: PlatformConfig = {
  environment: 'test',
  host: '127.0.0.1',
  port: 0,
  managementPort: 9464,
  logLevel: 'info',
  corsOrigins: [],
  trustedProxies: [],
  rateLimitMax: 1000,
  rateLimitWindow: 60_000,
  bodyLimit: 1000,
  requestTimeout: 5000,
  keepAliveTimeout: 72_000,
  shutdownDelay: 0,
  shutdownGrace: 1000,
  apiDocs: false,
};

// biome-ignore lint/suspicious/noExplicitAny: lines of a log are what they are.
export type Line = Record<string, any>;

export interface TestServer {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  readonly lines: Line[];
  /** The lines of requests, once as many as wanted are there. */
  requests(count: number): Promise<Line[]>;
}

/** A real public server on a port of its own, closed after the test. */
export async function startServer(
  plugin: AppPlugin,
  config: Partial<PlatformConfig> = {},
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const lines: Line[] = [];
  const { log } = await createLogging({
    service: 'orders',
    version: '1.2.3',
    environment: 'test',
    level: 'info',
    redactor: new Redactor(),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  const { app } = await createServer({
    service: 'orders',
    version: '1.2.3',
    config: { ...CONFIG, ...config },
    log,
    ...options,
  });
  onTestFinished(() => app.close());
  await app.register(plugin);
  const url = await app.listen({ port: 0, host: '127.0.0.1', listenTextResolver: () => 'listening' });
  return { app, url, port: Number(new URL(url).port), lines, requests: (count) => requestsOf(lines, count) };
}

async function requestsOf(lines: Line[], count: number): Promise<Line[]> {
  for (let tries = 0; tries < 100; tries++) {
    const requests = lines.filter(({ msg }) => msg === 'request');
    if (requests.length >= count) return requests;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited for ${count} requests in the log: ${JSON.stringify(lines)}`);
}

/** The JSON of a response, as whatever the test takes it for. */
export async function jsonOf(response: Response): Promise<Line> {
  return (await response.json()) as Line;
}
