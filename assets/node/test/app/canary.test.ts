import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, run } from '../support/process.js';
import { startRedis } from '../support/redis.js';
import { ScratchService } from '../tools/scratch-service.js';

/** One in every secret; what a URL and JSON spell otherwise is in there too. */
const CANARIES: Readonly<Record<string, readonly string[]>> = {
  TEXT: ['c4n4ry/t€xt "quoted"+&'],
  DATABASE_URL: ['c4n4ry-p4ssw0rd', 'postgresql://orders:c4n4ry-p4ssw0rd@db/orders'],
  CACHE_URL: ['c4n4ry-c4che/p4ss', 'redis://cache:c4n4ry-c4che%2Fp4ss@127.0.0.1:1'],
  WEBHOOK_URL: ['/services/c4n4ry/w3bhook', 'http://127.0.0.1:1/services/c4n4ry/w3bhook'],
  SESSION_KEYS: ['c4n4ry-current-key-of-32-characters!', 'c4n4ry-previous-key-of-32-characters'],
  ITEMS: ['c4n4ry-first', 'c4n4ry-second'],
  PIN: ['90210775'],
  PARTNER_JSON: ['c4n4ry-json'],
};

const TEXTS: Readonly<Record<string, string>> = {
  TEXT: CANARIES['TEXT']?.[0] ?? '',
  DATABASE_URL: CANARIES['DATABASE_URL']?.[1] ?? '',
  CACHE_URL: CANARIES['CACHE_URL']?.[1] ?? '',
  WEBHOOK_URL: CANARIES['WEBHOOK_URL']?.[1] ?? '',
  SESSION_KEYS: CANARIES['SESSION_KEYS']?.join(',') ?? '',
  ITEMS: CANARIES['ITEMS']?.join(',') ?? '',
  PIN: '90210775',
  PARTNER_JSON: JSON.stringify({ deep: [{ er: 'c4n4ry-json' }] }),
};

/** How real clients fail, by what was wrong. */
const FAILURES: Readonly<Record<string, string>> = {
  'pg-password': 'password authentication failed',
  'pg-port': 'ECONNREFUSED',
  'pg-host': '(ENOTFOUND|EAI_AGAIN)',
  'pg-url': 'Invalid URL',
  'mariadb-port': 'ECONNREFUSED',
  'mariadb-protocol': 'Connection timeout',
  'ioredis-url': 'Connection is closed',
  'ioredis-password': 'WRONGPASS',
  'redis-password': 'WRONGPASS',
  'fetch-url': 'fetch failed',
  'fetch-host': 'Failed to parse URL',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'canary-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function mounted(texts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const path = join(folder, `${name}-${Math.random()}`);
      writeFileSync(path, text);
      return [`${name}_FILE`, path];
    }),
  );
}

/** Which canaries got out, in whatever spelling. */
function escaped(text: string): string[] {
  const spellings = (canary: string) => [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)];
  return Object.values(CANARIES)
    .flat()
    .filter((canary) => spellings(canary).some((spelling) => text.includes(spelling)));
}

describe('no secret of a running service gets out', () => {
  it('in logs, errors, answers, metrics, probes, the health report and the API document', async () => {
    const [port, management] = [await freePort(), await freePort()];
    const service = run('canary', {
      PORT: `${port}`,
      MANAGEMENT_PORT: `${management}`,
      API_DOCS: 'true',
      LOG_LEVEL: 'trace',
      ...mounted(TEXTS),
    });
    await service.line('ready');
    const seen: string[] = [];
    const paths = ['/log', '/throw', '/mismatch', '/documented', '/docs/json', '/docs', '/nothing', '/log?x=%zz'];
    for (const path of paths) seen.push(await answerOf(`http://127.0.0.1:${port}${path}`));
    for (const path of ['/metrics', '/health', '/readyz', '/livez', '/startupz']) {
      seen.push(await answerOf(`http://127.0.0.1:${management}${path}`));
    }
    await sleep(200);
    service.kill('SIGTERM');
    await service.ended;
    const log = service.lines.map((line) => JSON.stringify(line)).join('\n');

    expect(escaped(seen.join('\n'))).toEqual([]);
    expect(escaped(log)).toEqual([]);
    expect(escaped(service.stderr())).toEqual([]);
    // The test looked where something would have been.
    for (const msg of ['the whole of it', 'failed', 'called', 'secret read']) expect(log).toContain(`"msg":"${msg}"`);
    expect(log).toContain('cannot connect to [secret] with [secret]');
    expect(log.split('[secret]').length).toBeGreaterThan(20);
    expect(seen.join('\n')).toContain('"openapi"');
    expect(seen.join('\n')).toContain('# HELP');
    expect(seen[0]).toContain('"text":"[secret]"');
  });

  it('in traces, whatever is put into a span', async () => {
    const received: string[] = [];
    const collector = createServer(async (request, response) => {
      for await (const chunk of request) received.push(String(chunk));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const port = await freePort();
    const service = run('canary', {
      PORT: `${port}`,
      MANAGEMENT_PORT: `${await freePort()}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      ...mounted(TEXTS),
    });
    await service.line('ready');
    await answerOf(`http://127.0.0.1:${port}/traced`);
    await answerOf(`http://127.0.0.1:${port}/throw`);
    // The last spans are sent when it stops.
    service.kill('SIGTERM');
    await service.ended;
    collector.close();
    const spans = received.join('\n');

    expect(escaped(spans)).toEqual([]);
    expect(escaped(JSON.stringify(service.lines))).toEqual([]);
    for (const name of ['charge by', 'GET /traced', 'GET /throw', '"each"', '"text"']) expect(spans).toContain(name);
    // The number of a card's PIN, which is no text, goes too.
    expect(spans).not.toContain('90210775');
    expect(spans.split('[secret]').length).toBeGreaterThan(10);
  });

  it('in the logs, traces and answers about clients that fail, which are real', { timeout: 60_000 }, async () => {
    const received: string[] = [];
    const collector = createServer(async (request, response) => {
      for await (const chunk of request) received.push(String(chunk));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const scratch = new ScratchService('postgresql');
    const [held, { port: redis }] = await Promise.all([scratch.holdDatabase(), startRedis()]);
    const port = await freePort();
    const service = run('canary', {
      PORT: `${port}`,
      MANAGEMENT_PORT: `${await freePort()}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      ...mounted({
        ...TEXTS,
        DATABASE_URL: `postgresql://postgres:c4n4ry-p4ssw0rd@127.0.0.1:${new URL(held.url).port}/orders`,
        CACHE_URL: `redis://cache:c4n4ry-c4che%2Fp4ss@127.0.0.1:${redis}`,
      }),
    });
    try {
      await service.line('ready');
      const answers = await Promise.all(
        Object.keys(FAILURES).map(async (name) => [name, await answerOf(`http://127.0.0.1:${port}/fails/${name}`)]),
      );
      service.kill('SIGTERM');
      await service.ended;
      const log = service.lines.map((line) => JSON.stringify(line)).join('\n');

      expect(escaped(JSON.stringify(answers))).toEqual([]);
      expect(escaped(log)).toEqual([]);
      expect(escaped(service.stderr())).toEqual([]);
      expect(escaped(received.join('\n'))).toEqual([]);
      const otherwise = Object.entries(FAILURES).filter(
        ([name, reason]) =>
          !new RegExp(`"msg":"${name}: .*${reason}`).test(log) || !received.join('\n').includes(`connect ${name}`),
      );
      expect(otherwise, 'which did not fail as was meant').toEqual([]);
      // What hangs on errors has passwords in it.
      expect(log.includes('"args":["cache","[secret]"]')).toBe(true);
    } finally {
      service.kill('SIGKILL');
      collector.close();
      await held.release();
      scratch.remove();
    }
  });

  it.each(['prod', 'dev'])('in what %s says of a start that failed with a secret in hand', async (APP_ENV) => {
    const service = run('canary', { APP_ENV, LEAK: 'start', PORT: `${await freePort()}`, ...mounted(TEXTS) });

    expect(await service.ended).toBe(1);
    expect(service.stderr()).toContain('quoted: [secret] [secret]');
    expect(escaped(service.stderr() + JSON.stringify(service.lines))).toEqual([]);
  });

  it.each(['uncaught', 'unhandled'])('in what is said of an error that is %s', async (route) => {
    const port = await freePort();
    const service = run('canary', { PORT: `${port}`, MANAGEMENT_PORT: `${await freePort()}`, ...mounted(TEXTS) });
    await service.line('ready');
    await answerOf(`http://127.0.0.1:${port}/${route}`).catch(() => undefined);

    expect(await service.ended).toBe(1);
    const log = JSON.stringify(service.lines);
    expect(log).toContain('uncaught: stopping');
    expect(log).toContain('quoted: [secret] [secret]');
    expect(escaped(log + service.stderr())).toEqual([]);
  });

  it('in what is said of a configuration that is refused', async () => {
    const broken = {
      TEXT: '',
      DATABASE_URL: 'c4n4ry-p4ssw0rd',
      SESSION_KEYS: 'c4n4ry-first',
      PIN: 'c4n4ry-second',
      PARTNER_JSON: '{"c4n4ry-json',
    };
    for (const APP_ENV of ['prod', 'dev']) {
      const service = run('canary', { APP_ENV, ...mounted({ ...TEXTS, ...broken }) });

      expect(await service.ended).toBe(78);
      expect(escaped(service.stderr())).toEqual([]);
      for (const name of Object.keys(broken)) expect(service.stderr()).toContain(name);
    }
  });

  it('when they are environment variables, which is refused without quoting them', async () => {
    const service = run('canary', TEXTS);

    expect(await service.ended).toBe(78);
    expect(escaped(service.stderr())).toEqual([]);
    for (const name of Object.keys(TEXTS)) expect(service.stderr()).toContain(`${name} is a secret`);
  });
});

async function answerOf(url: string): Promise<string> {
  const response = await fetch(url);
  return `${JSON.stringify([...response.headers])}\n${await response.text()}`;
}
