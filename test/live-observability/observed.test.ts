import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTOR } from '../../src/observability/catalogues/collector';
import type { Span } from './collector';
import { hastened, SPEED } from './hastened';
import { until } from './process';
import { namesOf, panelsOf, rulesOf, type Subject, selectorsOf } from './queries';
import { Stack } from './stack';

/** What cannot have data here, each for its reason; a query about anything else must return some. */
const EXEMPT: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(kube|container)_/, 'Kubernetes emits it'],
  [/^probe_/, 'the blackbox exporter emits it'],
  [/^node_/, 'the node exporter emits it'],
  [/^pg_/, 'the PostgreSQL exporter emits it'],
  [/^redis_/, 'the Redis exporter emits it'],
  [/^backup_/, 'no backup has run'],
  [/^otelcol_exporter_enqueue_failed_/, 'the queue of the collector was never full'],
];

let stack: Stack;
let customerId: string;
let productId: string;

beforeAll(async () => {
  stack = await Stack.start();
  customerId = await created('/customers', { name: 'Ada', email: 'ada@example.com' });
  productId = await created('/products', {
    sku: 'MUG',
    name: 'Mug',
    price: { amount: 100, currency: 'EUR' },
    stock: 1_000_000,
  });
});

afterAll(() => stack?.stop());

const call = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
  stack.service.call(method, path, body, headers);

async function created(path: string, body: object): Promise<string> {
  return ((await call('POST', path, body)).body as { id: string }).id;
}

/** Every kind of request once. */
async function mixedTraffic(): Promise<void> {
  const key = randomUUID();
  const order = { customerId, lines: [{ productId, quantity: 1 }] };
  const place = () => call('POST', '/orders', order, { 'idempotency-key': key });
  await place();
  await place();
  await call('POST', '/orders', {}, { 'idempotency-key': key });
  await Promise.all(
    ['/orders', '/products', '/customers', '/nothing', '/nonsense', calling('/products'), calling('/fail')].map(
      (path) => call('GET', path),
    ),
  );
}

/** The route that calls another one of the same service. */
const calling = (path: string) => `/call?url=${encodeURIComponent(stack.service.url + path)}`;

const firing = (alert: string) => stack.prometheus.has(`ALERTS{alertname="${alert}", alertstate="firing"}`);

/** Waits until the receivers have been told so much about an alert. */
async function untilTold(alert: string, story: string[]): Promise<void> {
  await until(
    `the story of ${alert} is ${story.join(', ')}`,
    () => stack.receivers.storyOf(alert).join() === story.join(),
    {
      detail: () => `it is ${stack.receivers.storyOf(alert).join(', ')}\n${stack.alertmanager.output()}`,
    },
  );
}

/** A span that the backend has, once it has it. */
async function spanOf(what: string, is: (span: Span) => boolean): Promise<Span> {
  let found: Span | undefined;
  await until(
    `the backend has ${what}`,
    () => {
      found = stack.backend.spans.find(is);
      return found !== undefined;
    },
    { seconds: 30, detail: () => stack.collector.output() },
  );
  return found!;
}

describe('injected failures', () => {
  it('fire the alert for few requests while there are few, and the budget’s when there are many', async () => {
    await call('GET', '/fail');
    await until('the first failure is a failure, before there is a second', () =>
      stack.prometheus.has('slo:sli_bad:increase1h{objective="availability"} > 0'),
    );
    for (let i = 0; i < 20; i++) {
      await call('GET', '/fail');
    }
    await untilTold('AvailabilityFailsAtLowTraffic', ['ticket: firing']);
    expect(await firing('AvailabilityBudgetBurnsFast')).toBe(false);

    for (let i = 0; i < 400; i++) {
      await call('GET', '/products');
    }
    await until('the budget burns', () => firing('AvailabilityBudgetBurnsFast'));
    await until('there are many requests', async () => !(await firing('AvailabilityFailsAtLowTraffic')));
  });

  it('reach whoever is to hear of them', async () => {
    await untilTold('AvailabilityBudgetBurnsFast', ['page: firing']);
    await untilTold('AvailabilityFailsAtLowTraffic', ['ticket: firing', 'ticket: resolved']);
    await untilTold('HttpErrorRatioHigh', ['ticket: firing']);
    await untilTold('Watchdog', ['heartbeat: firing']);
    const page = stack.receivers.notifications.find(
      ({ labels }) => labels['alertname'] === 'AvailabilityBudgetBurnsFast',
    );
    expect(page).toMatchObject({
      labels: { service: 'orders', environment: 'prod', severity: 'page', objective: 'availability' },
      annotations: {
        runbook_url: expect.stringContaining('docs/runbooks/'),
        summary: expect.stringContaining('orders'),
      },
    });
  });
});

describe('traces, through the collector', () => {
  it('lead from the request through what handles it to the statement', async () => {
    await call('GET', '/handled');
    const statement = await spanOf(
      'the statement of the handler',
      (span) => span.name.startsWith('prisma:client:db_query') && stack.backend.pathTo(span).includes('count products'),
    );
    expect(stack.backend.pathTo(statement)).toMatchInlineSnapshot(`
      [
        "GET /handled",
        "count products",
        "prisma:client:operation",
        "prisma:client:db_query",
      ]
    `);
  });

  it('lead through a call to what was called', async () => {
    await call('GET', calling('/products'));
    const called = await spanOf(
      'the request that was called',
      (span) => span.name === 'GET /products' && stack.backend.pathTo(span)[0] === 'GET /call',
    );
    expect(stack.backend.pathTo(called)).toEqual([
      'GET /call',
      expect.stringMatching(/^GET 127\.0\.0\.1/),
      'GET /products',
    ]);
  });

  it('say which service and environment they are of', async () => {
    const span = await spanOf('a request', ({ name }) => name === 'GET /products');
    const said = Object.fromEntries(span.resource.map(({ key, value }) => [key, value.stringValue]));
    expect(said).toMatchObject({ 'service.name': 'orders', 'deployment.environment.name': 'test' });
  });

  it('arrive without what is nobody’s business', async () => {
    const leak = {
      'user.password': 'correct-horse',
      'payment.note': 'card 4111 1111 1111 1111 accepted',
      'customer.contact': 'grace@example.com',
      'upstream.url': 'postgresql://orders:tell-nobody@db/orders',
      'order.channel': 'web',
    };
    await call('GET', `/leak?${new URLSearchParams(leak)}`);
    const span = await spanOf('what says too much', ({ name }) => name === 'leak');
    const kept = Object.fromEntries(span.attributes!.map(({ key, value }) => [key, value.stringValue]));
    expect(kept).toMatchInlineSnapshot(`
      {
        "customer.contact": "****",
        "order.channel": "web",
        "payment.note": "card **** accepted",
        "upstream.url": "****db/orders",
        "user.password": "****",
      }
    `);
    for (const secret of ['correct-horse', '4111 1111 1111 1111', 'grace@example.com', 'tell-nobody']) {
      expect(stack.backend.text).not.toContain(secret);
    }
  });

  it('and so do log records', async () => {
    expect(await stack.collector.post('logs', logRecord('the password is Bearer abc.def.ghi'))).toBe(200);
    await until('the record arrives', () => stack.backend.text.includes('"logRecords"'));
    expect(stack.backend.text).not.toContain('abc.def.ghi');
    expect(stack.backend.text).not.toContain('hunter2');
  });

  it('and lines of a development server beside the stack, which are printed as well', async () => {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      service: 'orders',
      msg: 'seen in dev',
      password: 'hunter3',
    };
    const program = ['node', '-e', `console.log(${JSON.stringify(JSON.stringify(line))})`];
    const printed = execFileSync('node', ['--import', 'tsx', 'tools/observability/dev.ts', '--', ...program], {
      cwd: stack.folder,
      encoding: 'utf8',
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: stack.collector.endpoint },
    });
    expect(printed).toContain('WARN: seen in dev');
    await until('the line arrives', () => stack.backend.text.includes('seen in dev'));
    expect(stack.backend.text).not.toContain('hunter3');
  });

  it('make the service graph', async () => {
    await until('the service is seen to call itself', () =>
      stack.prometheus.has('traces_service_graph_request_total{client="orders", server="orders"} > 0'),
    );
  });
});

function logRecord(body: string): object {
  const attributes = [{ key: 'db.password', value: { stringValue: 'hunter2' } }];
  const record = { timeUnixNano: `${Date.now()}000000`, severityText: 'INFO', body: { stringValue: body }, attributes };
  return { resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ logRecords: [record] }] }] };
}

describe('every kind of request is a line, a count and a span', () => {
  const requests: Array<[route: string, method: string, path: () => string, status: number]> = [
    ['GET /products', 'GET', () => '/products', 200],
    ['GET /orders/:id', 'GET', () => `/orders/${randomUUID()}`, 400],
    ['GET /fail', 'GET', () => '/fail', 500],
    ['GET /call', 'GET', () => calling('/products'), 200],
    ['GET unmatched', 'GET', () => '/nothing', 404],
  ];

  it.concurrent.each(requests)('%s', async (name, method, path, status) => {
    const id = randomUUID();
    const route = name.split(' ')[1]!;
    expect(await call(method, path(), undefined, { 'x-request-id': id })).toMatchObject({ status });
    const span = await spanOf(
      'the request',
      ({ attributes = [], parentSpanId = '' }) =>
        parentSpanId === '' && attributes.some(({ value }) => value.stringValue === id),
    );
    expect(span.name).toBe(route === 'unmatched' ? method : name);
    const lines = stack.service
      .output()
      .split('\n')
      .filter((text) => text.includes(id) && text.includes(`"route":"${route}"`));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ status, traceId: span.traceId, spanId: span.spanId }),
    ]);
    await until('it is counted', () =>
      stack.prometheus.has(`http_server_request_duration_seconds_count{route="${route}", status="${status}"} > 0`),
    );
  });
});

describe('under mixed traffic', () => {
  let panels: Subject[];
  let rules: ReturnType<typeof rulesOf>;

  beforeAll(async () => {
    rules = rulesOf(join(stack.folder, 'observability/prometheus/rules'));
    panels = panelsOf(join(stack.folder, 'observability/grafana/dashboards'));
    await refuse();
    for (let second = 0; second < 15; second++) {
      await mixedTraffic();
      await sleep(1000);
    }
  });

  it('every panel has data', async () => {
    expect(panels.length).toBeGreaterThan(20);
    const now = (expr: string) => expr.replaceAll('$__rate_interval', '10s');
    expect(await withoutData(panels, async (expr) => [now(expr)])).toEqual([]);
  });

  it('every recording rule has data', async () => {
    expect(rules.recorded.length).toBeGreaterThan(10);
    expect(await withoutData(rules.recorded, async (expr) => [expr])).toEqual([]);
  });

  it('everything that alerts ask about is there', async () => {
    expect(rules.alerts.length).toBeGreaterThan(20);
    // Where people develop nobody is told that a backup is old; this service stands for one that is deployed.
    const here = (expr: string) => expr.replaceAll('environment!~"dev|test"', 'environment="test"');
    expect(await withoutData(rules.alerts, async (expr) => selectorsOf(here(expr)))).toEqual([]);
  });

  it('buckets link to traces that the backend has', async () => {
    const traces = await stack.prometheus.tracesOf('http_server_request_duration_seconds_bucket{route="/orders"}');
    expect(traces.length).toBeGreaterThan(0);
    await until('all of them are there', () => traces.every((trace) => stack.backend.text.includes(trace)));
  });

  it('the collector says of itself what its catalogue says', async () => {
    const { gauges = {}, counters = {} } = COLLECTOR;
    // Its queue would have to be full.
    const emitted = Object.fromEntries(
      Object.entries({ ...gauges, ...counters }).filter(([name]) => !name.includes('enqueue_failed')),
    );
    const unknown: string[] = [];
    for (const [name, [, ...labels]] of Object.entries(emitted)) {
      const [sample] = await stack.prometheus.query(name);
      const missing = labels.filter((label) => sample?.metric[label] === undefined);
      if (sample === undefined || missing.length > 0) {
        unknown.push(`${name} ${missing.join(' ')}`.trim());
      }
    }
    expect(unknown).toEqual([]);
  });

  it('a query about what nobody emits would be found', async () => {
    const typos: Subject[] = [
      ['typo', 'sum(rate(http_requests_total[10s]))'],
      ['label', 'http_server_requests_in_flight{route="/"}'],
      ['collector', 'otelcol_exporter_send_failed_span_total'],
    ];
    expect(await withoutData(typos, async (expr) => [expr])).toEqual(typos.map((typo) => typo.join(': ')));
  });

  it('no rule fails to be evaluated', async () => {
    expect(
      (await stack.prometheus.query('prometheus_rule_evaluation_failures_total > 0')).map(({ metric }) => metric),
    ).toEqual([]);
  });
});

describe('while the database is down', () => {
  it('the service is not ready, and whoever is on call is told', async () => {
    await stack.stopDatabase();
    await stack.service.waitUntil((status) => status === 503);
    await untilTold('RequiredDependencyDown', ['page: firing']);
  });

  it('nobody is told what follows from it', async () => {
    await until('the errors are suppressed', async () => {
      const alerts = await stack.alertmanager.alerts();
      return alerts.some(
        ({ labels, status }) => labels['alertname'] === 'HttpErrorRatioHigh' && status.inhibitedBy.length > 0,
      );
    });
  });

  it('the service recovers by itself, and whoever was told hears of that', async () => {
    await stack.startDatabase();
    await stack.service.waitUntil((status) => status === 200);
    expect(await call('GET', '/products')).toMatchObject({ status: 200 });
    await untilTold('RequiredDependencyDown', ['page: firing', 'page: resolved']);
  });
});

it('the heart beats at every interval, not at every other', () => {
  const { beats } = stack.receivers;
  const gaps = beats.slice(1).map((at, i) => at - beats[i]!);
  const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
  expect(gaps.length).toBeGreaterThan(10);
  expect(usual).toBeLessThan((1.5 * 60_000) / SPEED);
});

describe('a page that goes on', () => {
  it('reaches somebody else', () => untilTold('PageGoesOn', ['escalation: firing']));
});

describe('time', () => {
  it('goes faster only for what waits', () => {
    const rule = ['alert: Down', 'expr: sum(rate(a_total[5m])) > 0', 'for: 2m', 'summary: for 2m', ''].join('\n    ');
    expect(SPEED).toBe(30);
    expect(hastened(rule)).toBe(rule.replace('for: 2m\n', 'for: 4000ms\n'));
  });
});

/** Has the backend refuse something of each signal for good, so that there is something to say about failures. */
async function refuse(): Promise<void> {
  stack.backend.refuses = true;
  await call('GET', '/products');
  await stack.collector.post('logs', logRecord('refused'));
  await until('it is counted', async () => {
    const failed = ['spans', 'log_records'].map((what) => `otelcol_exporter_send_failed_${what}_total > 0`);
    return (await Promise.all(failed.map((query) => stack.prometheus.has(query)))).every(Boolean);
  });
  stack.backend.refuses = false;
}

/** The queries that return nothing although all they ask about is emitted here. */
async function withoutData(
  subjects: readonly Subject[],
  queriesOf: (expr: string) => Promise<string[]>,
): Promise<string[]> {
  const empty: string[] = [];
  for (const [name, expr] of subjects) {
    for (const query of await queriesOf(expr)) {
      const exempt = namesOf(query).some((metric) => EXEMPT.some(([pattern]) => pattern.test(metric)));
      if (!exempt && !(await stack.prometheus.has(query))) {
        empty.push(`${name}: ${query}`);
      }
    }
  }
  return empty;
}
