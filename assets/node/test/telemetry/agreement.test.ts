import autocannon from 'autocannon';
import { describe, expect, it } from 'vitest';
import { startCollector } from '../support/collector.js';
import { freePort, type Running, run, runWithLogFile } from '../support/process.js';
import type { Line } from '../support/server.js';

/** Enough to have many batches, queues and buffers in play; a lane of its own has more. */
const REQUESTS = Number(process.env['AGREEMENT_REQUESTS'] ?? 20_000);

const PATHS = ['/hello', '/hello', '/hello', '/log', '/conflict', '/boom', '/nothing', '/echo'];

async function start(env: NodeJS.ProcessEnv = {}, begin: typeof runWithLogFile = run) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const service = begin('observed', {
    PORT: String(port),
    MANAGEMENT_PORT: String(managementPort),
    RATE_LIMIT_MAX: '100000000',
    ...env,
  });
  await service.line('ready');
  return { service, url: `http://127.0.0.1:${port}`, management: `http://127.0.0.1:${managementPort}` };
}

const linesOf = ({ lines }: Running) => lines.filter(({ msg }) => msg === 'request');

/** How many of each method, route and status. */
function tally(lines: readonly Line[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, route, status } of lines) {
    const key = `${method} ${route} ${status}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function counted(exposition: string): Record<string, number> {
  const series = /^http_server_request_duration_seconds_count\{method="(.*)",route="(.*)",status="(.*)"\} (\d+)$/gm;
  const counts = [...exposition.matchAll(series)].map(
    ([, method, route, status, count]) => [`${method} ${route} ${status}`, Number(count)] as const,
  );
  // What a route may end with is there before it does.
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

describe('what a service says of its requests', () => {
  it(
    `agrees to the request: ${REQUESTS} of them`,
    async () => {
      const collector = await startCollector();
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0.1' };
      const { service, url, management } = await start(env, runWithLogFile);
      const { errors, timeouts } = await autocannon({
        url,
        amount: REQUESTS,
        connections: 50,
        requests: PATHS.map((path) => ({ path })),
      });
      const exposition = await (await fetch(`${management}/metrics`)).text();
      service.kill('SIGTERM');

      expect(await service.ended).toBe(0);
      const lines = linesOf(service);
      const sampled = lines.filter((line) => line['sampled']);
      const served = collector.spans.filter(({ kind }) => kind === 'server');
      expect([errors, timeouts, lines.length]).toEqual([0, 0, REQUESTS]);
      expect(counted(exposition)).toEqual(tally(lines));
      expect(served.map(({ spanId }) => spanId).sort()).toEqual(sampled.map((line) => line['spanId']).sort());
      expect(tally(served.map(spanLine))).toEqual(tally(sampled));
      // A tenth, give or take what chance allows: six times the standard deviation.
      expect(Math.abs(sampled.length - REQUESTS / 10)).toBeLessThan(6 * Math.sqrt(REQUESTS * 0.09));
      expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(REQUESTS);
      expect(new Set(lines.map(({ traceId }) => traceId)).size).toBe(REQUESTS);
    },
    6 * REQUESTS,
  );

  it('is complete when it is told to stop under load', async () => {
    const { service, url } = await start();
    const load = autocannon({ url: `${url}/hello`, connections: 20, duration: 2 });
    setTimeout(() => service.kill('SIGTERM'), 800);
    const { '2xx': answered } = await load;
    await service.ended;

    expect(answered).toBeGreaterThan(100);
    expect(linesOf(service).length).toBeGreaterThanOrEqual(answered);
  }, 30_000);

  it('is complete when the process crashes', async () => {
    const { service, url } = await start();
    await autocannon({ url: `${url}/hello`, connections: 10, amount: 2000 });
    await fetch(`${url}/throw-later`);

    expect(await service.ended).toBe(1);
    expect(tally(linesOf(service))).toEqual({ 'GET /hello 200': 2000, 'GET /throw-later 200': 1 });
    expect(service.lines.find(({ level }) => level === 'fatal')).toMatchObject({
      error: { message: 'nobody caught this' },
    });
  }, 30_000);
});

describe('OpenTelemetry', () => {
  const loaded = async (url: string) => ((await (await fetch(`${url}/loaded`)).json()) as { sdk: string[] }).sdk;

  it('is not loaded where there is no collector', async () => {
    const { service, url } = await start();

    expect(await loaded(url)).toEqual([]);
    service.kill('SIGKILL');
  });

  it('is where there is one', async () => {
    const { url: OTEL_EXPORTER_OTLP_ENDPOINT } = await startCollector();
    const { service, url } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT });

    expect((await loaded(url)).length).toBeGreaterThan(10);
    service.kill('SIGKILL');
  });
});

function spanLine({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }): Line {
  return {
    method: attributes['http.request.method'],
    route: attributes['http.route'],
    status: attributes['http.response.status_code'],
  };
}
