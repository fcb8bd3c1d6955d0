import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type HeldDatabase, holdDatabase } from '../../scripts/live/database';
import { RunningService } from '../../scripts/live/server';
import { childrenOf, type Node, parse } from '../../src/observability/promql/grammar';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';
import { Prometheus } from './prometheus';

const ROOT = join(__dirname, '..', '..');

/** What cannot have data here, each for its reason; a query about anything else must return some. */
const EXEMPT: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(kube|container)_/, 'Kubernetes emits it'],
  [/^probe_/, 'the blackbox exporter emits it'],
  [/^node_/, 'the node exporter emits it'],
  [/^pg_/, 'the PostgreSQL exporter emits it'],
  [/^redis_/, 'the Redis exporter emits it'],
  [/^otelcol_/, 'the collector emits it'],
  [/^alertmanager_/, 'Alertmanager emits it'],
  [/^backup_/, 'no backup has run'],
  [/^secret_(refresh_failures_total|changed_timestamp_seconds)$/, 'no secret was rotated or failed to be read'],
];

/** Beside the example: what fails, what calls others, and what measures nonsense. */
const APP = `import type { App } from './platform/index.js';
import { customerRoutes } from './routes/customers.js';
import { orderRoutes } from './routes/orders.js';
import { productRoutes } from './routes/products.js';

export async function app(app: App): Promise<void> {
  await app.register(customerRoutes);
  await app.register(productRoutes);
  await app.register(orderRoutes);
  app.get('/fail', async () => {
    throw new Error('injected');
  });
  app.get('/call', async ({ query }) => ({ status: (await fetch((query as { url: string }).url)).status }));
  app.get('/nonsense', async () => {
    app.metrics.orderLines.observe(Number.NaN);
    return {};
  });
}
`;

/** A collector that takes everything and keeps the text. */
let collected = '';
const collector = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text: string) => {
    collected += text;
  });
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});

let folder: string;
let database: HeldDatabase;
let service: RunningService;
let prometheus: Prometheus;
let customerId: string;
let productId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'riso-observed-'));
  synthInto(folder, goldenServices['default']!);
  writeFileSync(join(folder, 'src/app.ts'), APP);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  database = await holdDatabase(folder);
  const env = { ...process.env, APP_ENV: 'dev', DATABASE_URL: database.url };
  for (const verb of ['generate', 'migrate']) {
    execFileSync(process.execPath, ['--import', 'tsx', 'tools/database/cli.ts', verb], { cwd: folder, env });
  }
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  service = await RunningService.start(folder, ['node', '--import', 'tsx', 'src/main.ts'], {
    DATABASE_URL: database.url,
    RATE_LIMIT_MAX: '1000000',
    SECRET_REFRESH_INTERVAL: '1s',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_TRACES_SAMPLER_ARG: '1',
  });
  const { host } = new URL(service.managementUrl);
  prometheus = await Prometheus.start(
    join(folder, '.data/prometheus'),
    'orders',
    host,
    join(folder, 'observability/prometheus/rules/*.yaml'),
  );
  customerId = await created('/customers', { name: 'Ada', email: 'ada@example.com' });
  productId = await created('/products', {
    sku: 'MUG',
    name: 'Mug',
    price: { amount: 100, currency: 'EUR' },
    stock: 1_000_000,
  });
});

afterAll(async () => {
  prometheus?.stop();
  await service?.stop('SIGKILL');
  collector.closeAllConnections();
  collector.close();
  await database?.release();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function created(path: string, body: object): Promise<string> {
  return ((await service.call('POST', path, body)).body as { id: string }).id;
}

/** Every kind of request once. */
async function mixedTraffic(): Promise<void> {
  const key = randomUUID();
  const order = { customerId, lines: [{ productId, quantity: 1 }] };
  const place = () => service.call('POST', '/orders', order, { 'idempotency-key': key });
  const call = (url: string) => service.call('GET', `/call?url=${encodeURIComponent(url)}`);
  await place();
  await place();
  await service.call('POST', '/orders', {}, { 'idempotency-key': key });
  await Promise.all(
    ['/orders', '/products', '/customers', '/nothing', '/nonsense'].map((path) => service.call('GET', path)),
  );
  await Promise.all([call(`${service.url}/products`), call(`${service.url}/fail`)]);
}

const firing = async (alert: string) =>
  (await prometheus.query(`ALERTS{alertname="${alert}", alertstate="firing"}`)).length > 0;

describe('injected failures', () => {
  it('fire the alert for few requests while there are few, and the budget’s when there are many', async () => {
    await prometheus.until(async () => (await prometheus.query('up{job="orders"} == 1')).length > 0);
    await service.call('GET', '/fail');
    await prometheus.until(
      async () => (await prometheus.query('slo:sli_bad:increase1h{objective="availability"}')).length > 0,
    );
    for (let i = 0; i < 20; i++) {
      await service.call('GET', '/fail');
    }
    await prometheus.until(() => firing('AvailabilityFailsAtLowTraffic'));
    expect(await firing('AvailabilityBudgetBurnsFast')).toBe(false);

    for (let i = 0; i < 400; i++) {
      await service.call('GET', '/products');
    }
    await prometheus.until(() => firing('AvailabilityBudgetBurnsFast'));
    await prometheus.until(async () => !(await firing('AvailabilityFailsAtLowTraffic')));
  });
});

describe('under mixed traffic', () => {
  let panels: Array<readonly [string, string]>;
  let recorded: Array<readonly [string, string]>;
  let alerts: Array<readonly [string, string]>;

  beforeAll(async () => {
    const rules = rulesOf(join(folder, 'observability/prometheus/rules'));
    panels = panelsOf(join(folder, 'observability/grafana/dashboards'));
    recorded = rules.flatMap(({ record, expr }) => (record === undefined ? [] : [[record, expr] as const]));
    alerts = rules.flatMap(({ alert, expr }) => (alert === undefined ? [] : [[alert, expr] as const]));
    for (let second = 0; second < 15; second++) {
      await mixedTraffic();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  });

  it('every panel has data', async () => {
    expect(panels.length).toBeGreaterThan(40);
    expect(await withoutData(panels, async (expr) => [expr.replaceAll('$__rate_interval', '10s')])).toEqual([]);
  });

  it('every recording rule has data', async () => {
    expect(recorded.length).toBeGreaterThan(10);
    expect(await withoutData(recorded, async (expr) => [expr])).toEqual([]);
  });

  it('everything that alerts ask about is there', async () => {
    expect(alerts.length).toBeGreaterThan(20);
    expect(await withoutData(alerts, async (expr) => selectorsOf(expr))).toEqual([]);
  });

  it('buckets link to traces that the collector has', async () => {
    const traces = await prometheus.tracesOf('http_server_request_duration_seconds_bucket{route="/orders"}');
    expect(traces.length).toBeGreaterThan(0);
    await prometheus.until(async () => traces.every((trace) => collected.includes(trace)));
  });

  it('a query about what nobody emits would be found', async () => {
    const typos: Array<readonly [string, string]> = [
      ['typo', 'sum(rate(http_requests_total[10s]))'],
      ['label', 'http_server_requests_in_flight{route="/"}'],
    ];
    expect(await withoutData(typos, async (expr) => [expr])).toEqual(typos.map((typo) => typo.join(': ')));
  });

  it('no rule fails to be evaluated', async () => {
    expect(
      (await prometheus.query('prometheus_rule_evaluation_failures_total > 0')).map(({ metric }) => metric),
    ).toEqual([]);
  });
});

/** The queries that return nothing although all they ask about is emitted here. */
async function withoutData(
  subjects: ReadonlyArray<readonly [string, string]>,
  queriesOf: (expr: string) => Promise<string[]>,
): Promise<string[]> {
  const empty: string[] = [];
  for (const [name, expr] of subjects) {
    for (const query of await queriesOf(expr)) {
      const exempt = namesOf(query).some((metric) => EXEMPT.some(([pattern]) => pattern.test(metric)));
      if (!exempt && (await prometheus.query(query)).length === 0) {
        empty.push(`${name}: ${query}`);
      }
    }
  }
  return empty;
}

function nodesOf(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...childrenOf(node).flatMap((child) => nodesOf(child, name))];
}

/** What a query asks about, without what it asks. */
function selectorsOf(expr: string): string[] {
  return nodesOf(parse(expr), 'VectorSelector').map(({ from, to }) => expr.slice(from, to));
}

function namesOf(expr: string): string[] {
  return selectorsOf(expr).map((selector) => selector.split('{', 1)[0]!);
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

function rulesOf(path: string): Rule[] {
  return readdirSync(path).flatMap((file) => {
    const { groups } = parseYaml(readFileSync(join(path, file), 'utf8')) as { groups: Array<{ rules: Rule[] }> };
    return groups.flatMap(({ rules }) => rules);
  });
}

interface PanelJson {
  readonly title?: string;
  readonly targets?: ReadonlyArray<{ readonly expr?: string }>;
  readonly panels?: readonly PanelJson[];
}

/** Every query of every panel, by the title of its panel. */
function panelsOf(path: string): Array<readonly [string, string]> {
  const below = ({ title = '', targets = [], panels = [] }: PanelJson): Array<readonly [string, string]> => [
    ...targets.flatMap(({ expr }) => (expr === undefined ? [] : [[title, expr] as const])),
    ...panels.flatMap(below),
  ];
  return readdirSync(path).flatMap((file) => below(JSON.parse(readFileSync(join(path, file), 'utf8'))));
}
