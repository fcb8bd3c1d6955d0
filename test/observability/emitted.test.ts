import { type ChildProcess, spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database, type Metric, MetricSource, MetricType, NodeServiceProject } from '../../src';
import { inFolder, synthInto } from '../support/synth';

const ROOT = join(__dirname, '..', '..');

/** Declared and exposed, but without a series in this run, each for its reason. */
const NOT_YET: Record<string, string> = {
  health_check_up: 'a service without a database has no checks; the tests of the assets have some',
  health_check_duration_seconds: 'the same',
  nodejs_gc_duration_seconds: 'nothing may have been collected yet',
  secret_changed_timestamp_seconds: 'files do not tell when they were rotated',
};

const APP = `import * as z from 'zod';
import type { App } from './platform/index.js';

export async function app(app: App): Promise<void> {
  app.get('/orders/:id', async ({ params }) => params);
  app.post('/orders', { schema: { body: z.object({ channel: z.string() }) } }, async ({ body }, reply) => {
    app.metrics.ordersPlaced.inc({ channel: body.channel });
    app.metrics.basketSize.observe(3);
    app.metrics.queueDepth.set(7);
    return reply.code(201).send({});
  });
  app.get('/call', async ({ query }) => {
    const { status } = await fetch((query as { url: string }).url);
    return { status };
  });
  app.get('/broken', async () => {
    app.metrics.basketSize.observe(Number.NaN);
    throw new Error('broken');
  });
}
`;

/** A generated service with a route for whatever moves a metric. */
function make(outdir: string): NodeServiceProject {
  const service = new NodeServiceProject({ name: 'orders', database: Database.NONE, outdir });
  service.config.add('API_KEY', { secret: true, description: 'Opens doors' });
  service.observability?.addCounter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] });
  service.observability?.addGauge('queue_depth', { help: 'Orders that wait' });
  service.observability?.addHistogram('basket_size', { help: 'Products in an order', buckets: [1, 2, 5] });
  return service;
}

let declared: Metric[] = [];
let exposed: Exposition;

beforeAll(async () => {
  await inFolder(async (folder) => {
    synthInto(folder, (outdir) => {
      const service = make(outdir);
      declared = service.service.metrics.filter(({ source }) => source !== MetricSource.EXTERNAL);
      return service;
    });
    writeFileSync(join(folder, 'src/app.ts'), APP);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const [port, management, nobody] = [await freePort(), await freePort(), await freePort()];
    const server = start(folder, {
      PORT: `${port}`,
      MANAGEMENT_PORT: `${management}`,
      API_KEY: 'sk_canary',
      SECRET_REFRESH_INTERVAL: '100ms',
    });
    try {
      await ready(`http://127.0.0.1:${management}/readyz`, server);
      const url = `http://127.0.0.1:${port}`;
      await fetch(`${url}/orders/7`);
      await fetch(`${url}/orders/8`);
      await fetch(`${url}/nothing/here`);
      await fetch(`${url}/broken`);
      await fetch(`${url}/call?url=${encodeURIComponent(`${url}/orders/9`)}`);
      await fetch(`${url}/call?url=${encodeURIComponent(`http://127.0.0.1:${nobody}`)}`);
      await fetch(`${url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"channel":"web"}',
      });
      exposed = parse(await scrape(management));
    } finally {
      server.kill('SIGKILL');
    }
  });
}, 60_000);

describe('what a service exposes', () => {
  it('is what is declared, no more and no less', () => {
    expect([...exposed.types.keys()].sort()).toEqual(declared.map(({ name }) => name).sort());
  });

  it('has the declared types', () => {
    expect(Object.fromEntries(exposed.types)).toEqual(
      Object.fromEntries(declared.map(({ name, type }) => [name, type])),
    );
  });

  it('has the declared labels on every series', () => {
    const labels = (metric: Metric) => exposed.series.filter(({ name }) => metric.seriesNames.includes(name));
    for (const metric of declared) {
      const found = labels(metric);
      expect(found.length > 0 || metric.name in NOT_YET, `${metric.name} has series`).toBe(true);
      for (const series of found) {
        const names = Object.keys(series.labels).filter((label) => label !== 'le');
        expect([metric.name, ...names.sort()]).toEqual([metric.name, ...metric.labels]);
      }
    }
  });

  it('has the declared buckets', () => {
    for (const { name, buckets } of declared.filter(({ type }) => type === MetricType.HISTOGRAM)) {
      const found = exposed.series
        .filter((series) => series.name === `${name}_bucket`)
        .map(({ labels }) => labels['le']);
      const expected = [...(buckets ?? []).map(String), '+Inf'];
      expect([name, ...new Set(found)]).toEqual(found.length === 0 ? [name] : [name, ...expected]);
    }
  });

  it('has the help texts that are declared', () => {
    expect(Object.fromEntries(exposed.help)).toEqual(
      Object.fromEntries(declared.map(({ name, help }) => [name, help])),
    );
  });
});

describe('requests', () => {
  const count = (labels: object) =>
    exposed.series.find(
      (series) =>
        series.name === 'http_server_request_duration_seconds_count' &&
        JSON.stringify(series.labels) === JSON.stringify(labels),
    )?.value;

  it('are counted by the template of their route', () => {
    expect(count({ method: 'GET', route: '/orders/:id', status: '200' })).toBe(3);
    expect(count({ method: 'POST', route: '/orders', status: '201' })).toBe(1);
  });

  it('that match no route are one', () => {
    expect(count({ method: 'GET', route: 'unmatched', status: '404' })).toBe(1);
    expect(JSON.stringify(exposed.series)).not.toContain('nothing/here');
  });

  it('that fail are counted as such', () => {
    expect(count({ method: 'GET', route: '/broken', status: '500' })).toBe(1);
  });

  it('to others are counted by host, also those that fail', () => {
    const statuses = exposed.series
      .filter(({ name }) => name === 'http_client_request_duration_seconds_count')
      .map(({ labels, value }) => [labels['method'], labels['status'], value]);
    expect(statuses.sort()).toEqual([
      ['GET', '200', 1],
      ['GET', 'error', 1],
    ]);
  });
});

interface Series {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

interface Exposition {
  readonly types: Map<string, string>;
  readonly help: Map<string, string>;
  readonly series: Series[];
}

function parse(text: string): Exposition {
  const exposition: Exposition = { types: new Map(), help: new Map(), series: [] };
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, comment, subject, rest] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
    if (comment !== undefined) {
      exposition[comment === 'TYPE' ? 'types' : 'help'].set(subject!, rest!);
      continue;
    }
    const [, name, labels = '', value] = /^([^{\s]+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key, of]);
    exposition.series.push({ name: name!, labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return exposition;
}

function start(folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], APP_ENV: 'test', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200 && server.exitCode === null; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the service did not become ready');
}

/** Once the secrets were read a second time. */
async function scrape(port: number): Promise<string> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    if (text.includes('secret_stale{')) {
      return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
