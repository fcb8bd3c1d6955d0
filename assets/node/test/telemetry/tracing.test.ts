import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { App } from '../../src/platform/http/types.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';
import { openMetrics } from '../../src/platform/metrics/open-metrics.js';
import { measure } from '../../src/platform/telemetry/module.js';
import { inSpan } from '../../src/platform/telemetry/span.js';
import { SpanMetrics } from '../../src/platform/telemetry/spans.js';
import { CountedExport } from '../../src/platform/telemetry/tracing/export.js';
import { routes } from '../fixtures/routes.js';
import { startCollector } from '../support/collector.js';
import { contextOf } from '../support/module-context.js';
import { startServer } from '../support/server.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const headersOf = (traceparent: string) => ({ headers: { traceparent } });

interface Seen {
  readonly traceparent?: string;
  readonly 'x-request-id'?: string;
}

/** Routes that call others, and one that tells what it was called with. */
const app =
  (seen: Seen[]) =>
  async (app: App): Promise<void> => {
    await app.register(routes);
    const self = (path: string) => `http://127.0.0.1:${(app.server.address() as { port: number }).port}${path}`;
    app.get('/seen', async ({ headers }) => {
      seen.push(headers as Seen);
      return {};
    });
    app.post('/relay', async () => {
      await sleep(2);
      return { status: (await fetch(self('/seen?key=canary'))).status };
    });
    app.get('/relay-plain', () => new Promise((resolve) => get(self('/seen'), () => resolve({}))));
    app.get('/relay-own', async () => {
      await fetch(self('/seen'), { headers: { 'X-Request-Id': 'chosen' } });
      return {};
    });
    app.get('/relay-404', async () => ({ status: (await fetch(self('/nope'))).status }));
    app.get('/work', async ({ log }) =>
      inSpan('outer', () =>
        inSpan('inner', async () => {
          log.info('working');
          return {};
        }),
      ),
    );
    app.get('/fail', async () =>
      inSpan('outer', () =>
        inSpan('inner', async () => {
          throw new TypeError('canary');
        }),
      ),
    );
  };

async function start({ ratio = 1, endpoint = '' } = {}) {
  const collector = await startCollector();
  const metrics = createMetrics();
  const logged: string[] = [];
  const seen: Seen[] = [];
  let contextOfLog: () => object | undefined = () => undefined;
  const log = { warn: (_: object, message: string) => logged.push(message), info: (m: string) => logged.push(m) };
  const opened = await measure({ requestSeconds: [1], instruments: {} }).open(
    contextOf(
      {
        environment: 'test',
        otelExporterOtlpEndpoint: endpoint === '' ? collector.url : endpoint,
        otelTracesSamplerArg: ratio,
      },
      { metrics, log: log as never, addLogContext: (context) => (contextOfLog = context) },
    ),
  );
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= opened.close());
  onTestFinished(close);
  const server = await startServer(app(seen), {}, { observer: opened.observer });
  return { ...server, collector, metrics, close, seen, logged, logContext: () => contextOfLog() };
}

describe('a request', () => {
  it('is a span by its route, and its log line says which', async () => {
    const { url, requests, collector, close } = await start();
    await fetch(`${url}/ip?token=canary`, { headers: { 'x-request-id': 'mine' } });
    const [line] = await requests(1);
    await close();
    // The test itself calls by fetch, in the same process.
    const span = await collector.span('GET /ip');
    const client = collector.spans.find(({ kind }) => kind === 'client');

    expect(span).toMatchObject({
      kind: 'server',
      failed: false,
      parentSpanId: client?.spanId,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/ip',
        'http.response.status_code': 200,
        'http.request.header.x-request-id': 'mine',
      },
      resource: { 'service.name': 'orders', 'service.version': '1.2.3', 'deployment.environment.name': 'test' },
    });
    expect(line).toMatchObject({ traceId: span.traceId, spanId: span.spanId, sampled: true, requestId: 'mine' });
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('goes on with the trace of its caller, whatever the ratio', async () => {
    const { app, collector, close } = await start({ ratio: 0 });
    await app.inject({ url: '/hello', ...headersOf(`00-${TRACE}-${CALLER}-01`) });
    await close();

    expect(await collector.span('GET /hello')).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
  });

  it('is not traced when its caller has decided so', async () => {
    const { app, collector, close, requests } = await start();
    await app.inject({ url: '/hello', ...headersOf(`00-${TRACE}-${CALLER}-00`) });
    const [line] = await requests(1);
    await close();

    expect(collector.spans).toEqual([]);
    expect(line).toMatchObject({ traceId: TRACE });
    expect(line).not.toHaveProperty('sampled');
  });

  it.each([
    'nonsense',
    '',
    `00-${TRACE}-${CALLER}`,
    `00-${'0'.repeat(32)}-${CALLER}-01`,
    `ff-${TRACE}-${CALLER}-01`,
    `00-${TRACE}-${CALLER}-01-${'x'.repeat(4000)}`,
  ])('begins a trace of its own when it is told of none: "%.40s"', async (traceparent) => {
    const { app, collector, close } = await start();
    const response = await app.inject({ url: '/hello', ...headersOf(traceparent) });
    await close();

    expect(response.statusCode).toBe(200);
    expect(await collector.span('GET /hello')).toMatchObject({ parentSpanId: '' });
  });
});

describe('the exposition', () => {
  it('links buckets to traces, for whom asks in OpenMetrics', async () => {
    const { app, metrics, requests } = await start();
    await app.inject('/hello');
    const [line] = await requests(1);
    const { body, contentType } = await openMetrics(metrics);

    expect(contentType).toContain('application/openmetrics-text');
    expect(body).toContain(
      `http_server_request_duration_seconds_bucket{le="1",method="GET",route="/hello",status="200"} 1 # {trace_id="${line?.['traceId']}",span_id="${line?.['spanId']}"}`,
    );
    expect(body).toContain('# TYPE trace_spans_exported counter\ntrace_spans_exported_total 0\n');
    expect(body.endsWith('# EOF\n')).toBe(true);
    // The other format is as it was.
    expect(await metrics.metrics()).toContain(
      '# TYPE trace_spans_exported_total counter\ntrace_spans_exported_total 0\n',
    );
  });
});

describe('an outgoing request', () => {
  it('is a span below that of the request it is made for, and takes it along', async () => {
    const { app, collector, close, seen } = await start();
    await app.inject({ method: 'POST', url: '/relay', payload: { long: 'x'.repeat(900) } });
    await close();
    const server = await collector.span('POST /relay');
    const client = collector.spans.find(({ kind }) => kind === 'client');

    expect(client).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId });
    expect(seen[0]?.traceparent).toBe(`00-${server.traceId}-${client?.spanId}-01`);
    expect(await collector.span('GET /seen')).toMatchObject({ parentSpanId: client?.spanId });
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('of node:http is a span too', async () => {
    const { app, collector, close, seen } = await start();
    await app.inject('/relay-plain');
    await close();
    const server = await collector.span('GET /relay-plain');
    const client = collector.spans.find(({ kind }) => kind === 'client');

    expect(client).toMatchObject({ traceId: server.traceId, parentSpanId: server.spanId });
    // Node 20 tells of such a request when its headers are on their way.
    const [major = 0] = process.versions.node.split('.').map(Number);
    if (major >= 24) expect(seen[0]?.traceparent).toBe(`00-${server.traceId}-${client?.spanId}-01`);
  });

  it('keeps what it says itself', async () => {
    const { app, close, seen } = await start();
    await app.inject({ url: '/relay-own', headers: { 'x-request-id': 'mine' } });
    await close();

    expect(seen).toMatchObject([{ 'x-request-id': 'chosen', traceparent: expect.any(String) }]);
  });

  it('that is answered with an error is marked', async () => {
    const { app, collector, close } = await start();
    await app.inject('/relay-404');
    await close();

    expect(collector.spans.find(({ kind }) => kind === 'client')).toMatchObject({
      failed: true,
      attributes: { 'http.response.status_code': 404, 'error.type': '404' },
    });
  });

  it('of a request that is not traced says so', async () => {
    const { app, collector, close, seen, requests } = await start({ ratio: 0 });
    await app.inject({ method: 'POST', url: '/relay', payload: {} });
    const [, line] = await requests(2);
    await close();

    expect(seen[0]?.traceparent).toMatch(new RegExp(`^00-${line?.['traceId']}-[0-9a-f]{16}-00$`));
    expect(collector.spans).toEqual([]);
  });
});

describe('work in a span', () => {
  it('is below the request', async () => {
    const { app, collector, close } = await start();
    await app.inject('/work');
    await close();
    const [server, outer, inner] = [
      await collector.span('GET /work'),
      await collector.span('outer'),
      await collector.span('inner'),
    ];

    expect(outer.parentSpanId).toBe(server.spanId);
    expect(inner.parentSpanId).toBe(outer.spanId);
  });

  it('that fails records the error once, without its message', async () => {
    const { app, collector, close } = await start();
    await app.inject('/fail');
    await close();
    const [server, outer, inner] = [
      await collector.span('GET /fail'),
      await collector.span('outer'),
      await collector.span('inner'),
    ];

    expect([server, outer, inner].map(({ failed }) => failed)).toEqual([true, true, true]);
    expect([server, outer].flatMap(({ events }) => events)).toEqual([]);
    expect(inner.events).toMatchObject([
      {
        name: 'exception',
        attributes: {
          'exception.type': 'TypeError',
          'exception.stacktrace': expect.stringContaining('tracing.test.ts'),
        },
      },
    ]);
    expect(JSON.stringify(collector.spans)).not.toContain('canary');
  });

  it('is what it is where nothing is traced', async () => {
    expect(await inSpan('outer', async () => 7)).toBe(7);
    await expect(
      inSpan('outer', () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
  });
});

describe('a collector that cannot be reached', () => {
  const dropped = async ({ metrics }: { metrics: ReturnType<typeof createMetrics> }) => {
    const { values } = (await metrics.getSingleMetric('trace_spans_dropped_total')?.get()) ?? { values: [] };
    return Object.fromEntries(values.map(({ labels, value }) => [labels['reason'], value]));
  };

  it('costs the spans and nothing else', async () => {
    const server = await start({ endpoint: 'http://127.0.0.1:1' });
    const begun = performance.now();
    for (let i = 0; i < 20; i++) expect((await server.app.inject('/hello')).statusCode).toBe(200);

    expect(performance.now() - begun).toBeLessThan(2000);
    await server.close();
    expect(await dropped(server)).toEqual({ queue_full: 0, export_failed: 20 });
    expect(server.logged).toEqual(['traces cannot be exported; they are dropped until they can']);
  });

  it('takes no more memory than a queue has', async () => {
    const metrics = createMetrics();
    const never: SpanExporter = { export: () => undefined, shutdown: async () => undefined };
    const counted = new CountedExport(never, new SpanMetrics(metrics), { warn: () => undefined } as never);
    const tracer = new TracerProvider({ spanProcessors: [counted] }).getTracer('test');
    for (let i = 0; i < 6000; i++) tracer.startSpan('work').end();
    const { queue_full = 0 } = await dropped({ metrics });
    await counted.close(10);

    expect(queue_full).toBeGreaterThan(1000);
    expect(await dropped({ metrics })).toEqual({ queue_full, export_failed: 6000 - queue_full });
  });

  it('does not keep the process from ending', async () => {
    const server = await start({ endpoint: 'http://10.255.255.1:4318' });
    await server.app.inject('/hello');
    const begun = performance.now();
    await server.close();

    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('gets what comes when it is back', async () => {
    const server = await start();
    server.collector.status = 400;
    await server.app.inject('/hello');
    await sleep(2200);
    server.collector.status = 200;
    await server.app.inject('/ip');
    await server.close();

    expect(server.collector.spans.map(({ name }) => name)).toEqual(['GET /ip']);
    expect(server.logged).toEqual([
      'traces cannot be exported; they are dropped until they can',
      'traces are exported again',
    ]);
  });
});
