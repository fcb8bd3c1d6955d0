import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import type { PlatformModule } from '../../src/platform/app/module.js';
import type { HealthCheck } from '../../src/platform/health/check.js';
import { createMetrics, type Metrics } from '../../src/platform/metrics/metrics.js';
import { counter, gauge, histogram, type MetricsOf, measure } from '../../src/platform/telemetry/module.js';
import { routes } from '../fixtures/routes.js';
import { contextOf } from '../support/module-context.js';
import { startServer } from '../support/server.js';
import { exchange } from '../support/socket.js';

const declared = measure({
  requestSeconds: [0.1, 1],
  instruments: {
    ordersPlaced: counter('orders_placed_total', { help: 'Orders', labels: ['channel'], limit: 2 }),
    queueDepth: gauge('queue_depth', { help: 'Waiting' }),
    mailsSent: counter('mails_sent_total', {
      help: 'Mails',
      labels: ['kind'],
      values: { kind: ['receipt', 'reminder'] },
    }),
    refund: histogram('refund_amount', {
      help: 'Cents',
      labels: ['reason'],
      values: { reason: ['damaged'] },
      buckets: [1],
    }),
    doorsOpen: gauge('doors_open', { help: 'Doors', labels: ['side'], values: { side: ['left'] } }),
    parcelsSent: counter('parcels_sent_total', {
      help: 'Parcels',
      labels: ['carrier', 'depot'],
      values: { carrier: ['bike'] },
    }),
    basketSize: histogram('basket_size', { help: 'Products', labels: ['channel', 'kind'], buckets: [1, 2], limit: 1 }),
  },
});

async function open(checks: readonly HealthCheck[] = []) {
  const metrics = createMetrics();
  const context = contextOf({ environment: 'test' }, { metrics });
  context.health.add(checks);
  const opened = await declared.open(context);
  onTestFinished(() => opened.close());
  return { metrics, opened, instruments: opened.resource };
}

async function serve() {
  const { metrics, opened } = await open();
  const server = await startServer(routes, { requestTimeout: 300 }, { observer: opened.observer });
  return { ...server, metrics };
}

/** Those that something was observed of. */
const counted = async (metrics: Metrics, name: string) =>
  (await series(metrics, name)).filter((line) => !line.endsWith(' 0'));

/** The series of a metric, as `label=value … number`. */
async function series(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim())
    .sort();
}

describe('requests', () => {
  it('are counted as their log lines have them, whatever becomes of them', async () => {
    const { url, port, metrics, requests } = await serve();
    for (const path of ['/hello', '/hello', '/nope', '/a/b', '/conflict', '/boom', '/down', '/%zz']) {
      await fetch(url + path);
    }
    await fetch(`${url}/hello`, { method: 'DELETE' });
    await fetch(`${url}/broken-stream`)
      .then((response) => response.text())
      .catch(() => undefined);
    await exchange(port, 'nonsense\r\n\r\n');
    await exchange(port, 'GET /hello HTTP/1.1\r\nhost: x\r\n', 2000);
    const hanging = connect(port, '127.0.0.1', () => hanging.write('GET /slow?ms=200 HTTP/1.1\r\nhost: x\r\n\r\n'));
    await sleep(100);
    hanging.destroy();
    await sleep(300);

    const lines = await requests(13);
    const byLine = new Map<string, number>();
    const whole = lines.filter(({ method }) => method !== undefined);
    for (const { method, route, status } of whole) {
      const key = `{method="${method}",route="${route}",status="${status}"}`;
      byLine.set(key, (byLine.get(key) ?? 0) + 1);
    }
    expect(await counted(metrics, 'http_server_request_duration_seconds_count')).toEqual(
      [...byLine].map(([labels, count]) => `${labels} ${count}`).sort(),
    );
    expect(byLine.get('{method="GET",route="/slow",status="499"}')).toBe(1);
    // Of these nobody knows how long they took, so they are in no duration.
    expect(lines.length - whole.length).toBe(2);
    expect(await series(metrics, 'http_server_requests_malformed_total')).toEqual([
      '{status="400"} 1',
      '{status="408"} 1',
      '{status="431"} 0',
    ]);
    expect(await series(metrics, 'http_server_requests_in_flight')).toEqual(['0']);
  });

  it('are there at zero before the first of them, so that the first failure of a route is an increase', async () => {
    const { url, metrics } = await serve();
    const of = async (route: string) =>
      (await series(metrics, 'http_server_request_duration_seconds_count')).filter((line) =>
        line.includes(`"${route}"`),
      );
    const line = (method: string, route: string, status: number, count: number) =>
      `{method="${method}",route="${route}",status="${status}"} ${count}`;

    expect(await of('/boom')).toEqual([200, 500, 503].map((status) => line('GET', '/boom', status, 0)));
    // Of what answers with a status of its own, that one; refusals are nobody's failure.
    expect(await of('/created')).toEqual([201, 202, 500, 503].map((status) => line('POST', '/created', status, 0)));
    expect(await of('unmatched')).toEqual([]);
    expect(await series(metrics, 'http_server_request_size_bytes_count')).toEqual([]);

    await fetch(`${url}/boom`);
    await sleep(20);
    expect(await of('/boom')).toEqual(
      [200, 500, 503].map((status) => line('GET', '/boom', status, status === 500 ? 1 : 0)),
    );
  });

  it('are in flight until their response is over', async () => {
    const { url, metrics } = await serve();
    const slow = fetch(`${url}/slow?ms=200`);
    await sleep(100);

    expect(await series(metrics, 'http_server_requests_in_flight')).toEqual(['1']);
    await slow;
  });

  it('are sorted into buckets by their duration', async () => {
    const { url, metrics } = await serve();
    await fetch(`${url}/hello`);
    await fetch(`${url}/slow?ms=150`);
    await sleep(20);
    const buckets = await series(metrics, 'http_server_request_duration_seconds_bucket');

    expect(buckets.filter((line) => line.includes('route="/slow",status="200"'))).toEqual([
      '{le="+Inf",method="GET",route="/slow",status="200"} 1',
      '{le="0.1",method="GET",route="/slow",status="200"} 0',
      '{le="1",method="GET",route="/slow",status="200"} 1',
    ]);
  });

  it('and responses are measured by the length of their bodies', async () => {
    const { url, metrics } = await serve();
    await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    await sleep(20);

    expect(await series(metrics, 'http_server_request_size_bytes_sum')).toEqual(['{method="POST",route="/echo"} 7']);
    expect(await series(metrics, 'http_server_response_size_bytes_sum')).toEqual(['{method="POST",route="/echo"} 16']);
  });
});

describe('outgoing requests', () => {
  it('carry the id of the request they are made for, also after its body was read', async () => {
    const seen: unknown[] = [];
    const { metrics, opened } = await open();
    const { url } = await startServer(
      async (app) => {
        app.get('/seen', async ({ headers }) => {
          seen.push(headers['x-request-id']);
          return {};
        });
        app.post('/relay', async () => {
          await sleep(5);
          await (await fetch(`${url}/seen`)).text();
          return {};
        });
      },
      {},
      { observer: opened.observer },
    );
    await fetch(`${url}/relay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'mine' },
      body: JSON.stringify({ long: 'x'.repeat(500) }),
    });

    expect(seen).toEqual(['mine']);
    const { host } = new URL(url);
    // The test itself is in the same process.
    expect(await series(metrics, 'http_client_request_duration_seconds_count')).toEqual([
      `{host="${host}",method="GET",status="200"} 1`,
      `{host="${host}",method="POST",status="200"} 1`,
    ]);
  });
});

describe('the instruments of a service', () => {
  it('count, set and observe', async () => {
    const { metrics, instruments } = await open();
    instruments.ordersPlaced.inc({ channel: 'web' });
    instruments.ordersPlaced.inc({ channel: 'web' }, 2);
    instruments.queueDepth.set(5);
    instruments.queueDepth.dec();
    instruments.basketSize.observe({ channel: 'web', kind: 'gift' }, 2);

    expect(await series(metrics, 'orders_placed_total')).toEqual(['{channel="web"} 3']);
    expect(await series(metrics, 'queue_depth')).toEqual(['4']);
    expect(await series(metrics, 'basket_size_sum')).toEqual(['{channel="web",kind="gift"} 2']);
  });

  it('are at zero from the start where the values of their labels are known, and what is none of them is folded', async () => {
    const { metrics, instruments } = await open();

    expect(await series(metrics, 'mails_sent_total')).toEqual(['{kind="receipt"} 0', '{kind="reminder"} 0']);
    expect(await series(metrics, 'refund_amount_count')).toEqual(['{reason="damaged"} 0']);
    // Nobody has looked at that door yet.
    expect(await series(metrics, 'doors_open')).toEqual([]);
    expect(await series(metrics, 'metric_observations_guarded_total')).toContain(
      '{metric="mails_sent_total",outcome="folded"} 0',
    );

    instruments.mailsSent.inc({ kind: 'receipt' });
    instruments.mailsSent.inc({ kind: 'spam' as 'receipt' });
    expect(await series(metrics, 'mails_sent_total')).toEqual([
      '{kind="other"} 1',
      '{kind="receipt"} 1',
      '{kind="reminder"} 0',
    ]);
  });

  it('fold label values that never end into one, and count how often', async () => {
    const { metrics, instruments } = await open();
    for (let user = 0; user < 10; user++) instruments.ordersPlaced.inc({ channel: `user-${user}` });
    instruments.basketSize.observe({ channel: 'web', kind: 'a' }, 1);
    instruments.basketSize.observe({ channel: 'web', kind: 'b' }, 1);

    expect(await series(metrics, 'orders_placed_total')).toEqual([
      '{channel="other"} 8',
      '{channel="user-0"} 1',
      '{channel="user-1"} 1',
    ]);
    expect(await series(metrics, 'basket_size_count')).toEqual([
      '{channel="other",kind="other"} 1',
      '{channel="web",kind="a"} 1',
    ]);
    expect(await counted(metrics, 'metric_observations_guarded_total')).toEqual([
      '{metric="basket_size",outcome="folded"} 1',
      '{metric="orders_placed_total",outcome="folded"} 8',
    ]);
  });

  it('fold values that are none of a label that has named them, also where another label may have any', async () => {
    const { metrics, instruments } = await open();
    const carrier = 'drone' as 'bike';
    instruments.parcelsSent.inc({ carrier: 'bike', depot: 'north' });
    instruments.parcelsSent.inc({ carrier, depot: 'north' });
    instruments.parcelsSent.inc({ carrier, depot: 'south' });
    instruments.doorsOpen.set({ side: 'right' as 'left' }, 1);

    expect(await series(metrics, 'parcels_sent_total')).toEqual([
      '{carrier="bike",depot="north"} 1',
      '{carrier="other",depot="other"} 2',
    ]);
    expect(await series(metrics, 'doors_open')).toEqual(['{side="other"} 1']);
    expect(await counted(metrics, 'metric_observations_guarded_total')).toEqual([
      '{metric="doors_open",outcome="folded"} 1',
      '{metric="parcels_sent_total",outcome="folded"} 2',
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('leave out what no counter can take: %d', async (value) => {
    const { metrics, instruments } = await open();
    instruments.ordersPlaced.inc({ channel: 'web' }, value);

    expect(await series(metrics, 'orders_placed_total')).toEqual([]);
    expect(await counted(metrics, 'metric_observations_guarded_total')).toEqual([
      '{metric="orders_placed_total",outcome="left_out"} 1',
    ]);
  });

  it('leave out labels that nobody declared, as objects that have more than they must bring along', async () => {
    const { metrics, instruments } = await open();
    const order = { channel: 'web', customer: 'Ada' };
    instruments.ordersPlaced.inc(order);
    instruments.ordersPlaced.inc(order);
    instruments.basketSize.observe({ kind: 'gift', ...order }, 1);

    expect(await series(metrics, 'orders_placed_total')).toEqual(['{channel="web"} 2']);
    expect(await series(metrics, 'basket_size_count')).toEqual(['{channel="web",kind="gift"} 1']);
    expect(await counted(metrics, 'metric_observations_guarded_total')).toEqual([]);
  });

  it.each([[{}], [undefined], [{ channel: undefined }], [{ channel: null }]])(
    'leave out what lacks a label: %j',
    async (labels) => {
      const { metrics, instruments } = await open();
      instruments.ordersPlaced.inc(labels as { channel: string });

      expect(await series(metrics, 'orders_placed_total')).toEqual([]);
      expect(await counted(metrics, 'metric_observations_guarded_total')).toEqual([
        '{metric="orders_placed_total",outcome="left_out"} 1',
      ]);
    },
  );

  it('are typed by their labels', () => {
    type Instruments = MetricsOf<typeof declared>;

    expectTypeOf<Instruments['ordersPlaced']['inc']>().parameters.toEqualTypeOf<
      [labels: Readonly<Record<'channel', string>>, by?: number]
    >();
    expectTypeOf<Parameters<Instruments['mailsSent']['inc']>[0]>().toEqualTypeOf<{
      readonly kind: 'receipt' | 'reminder';
    }>();
    expectTypeOf<Instruments['queueDepth']['set']>().parameters.toEqualTypeOf<[value: number]>();
    expectTypeOf<Parameters<Instruments['basketSize']['observe']>[0]>().toEqualTypeOf<
      Readonly<Record<'channel' | 'kind', string>>
    >();
    expectTypeOf(declared).toExtend<PlatformModule<'metrics', unknown, { environment: string }>>();
  });
});

it('health checks are metrics, asked at the scrape', async () => {
  const check = (name: string, works: boolean): HealthCheck => ({
    name,
    required: true,
    timeout: 100,
    check: async () => {
      if (!works) throw new Error('down');
    },
  });
  const { metrics } = await open([check('database', true), check('cache', false)]);

  expect(await series(metrics, 'health_check_up')).toEqual(['{check="cache"} 0', '{check="database"} 1']);
  expect(await series(metrics, 'health_check_duration_seconds')).toHaveLength(2);
});

it('two processes in one keep their numbers apart', async () => {
  const [one, other] = [await open(), await open()];
  one.instruments.queueDepth.set(1);

  expect(await series(other.metrics, 'queue_depth')).toEqual(['0']);
});
