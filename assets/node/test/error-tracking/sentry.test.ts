import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../support/collector.js';
import { freePort, type Running, run } from '../support/process.js';
import { type SentryReceiver, startSentry } from '../support/sentry.js';

async function start(sentry: SentryReceiver | undefined, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sentry-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dsn = join(folder, 'dsn');
  if (sentry) writeFileSync(dsn, sentry.dsn);
  const [port, management] = [await freePort(), await freePort()];
  const service = run('tracked', {
    PORT: `${port}`,
    MANAGEMENT_PORT: `${management}`,
    ...(sentry ? { SENTRY_DSN_FILE: dsn } : {}),
    ...env,
  });
  await service.line('ready');
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status);
  const metrics = () => fetch(`http://127.0.0.1:${management}/metrics`).then((response) => response.text());
  return { service, get, metrics };
}

async function stop(service: Running): Promise<number | string> {
  service.kill('SIGTERM');
  return await service.ended;
}

// Processes of their own, which take their time to start on a busy machine.
describe('an error', { timeout: 60_000 }, () => {
  it('is told to Sentry once, with the ids of its trace and its request, and without secrets and people', async () => {
    const sentry = await startSentry();
    const collector = await startCollector();
    const { service, get } = await start(sentry, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });

    expect(await get('/fail/ada?email=ada@example.com')).toBe(500);
    expect(await get('/refuse')).toBe(400);
    expect(await get('/nothing')).toBe(404);
    // The last event is on its way when the process is told to end.
    expect(await stop(service)).toBe(0);

    expect(sentry.events).toHaveLength(1);
    const [event] = sentry.events;
    const line = service.lines.find(({ msg }) => msg === 'charge failed');
    expect(event).toMatchObject({
      level: 'error',
      release: 'orders@1.2.3',
      environment: 'staging',
      tags: { requestId: line?.['requestId'] },
      contexts: { trace: { trace_id: line?.['traceId'], span_id: line?.['spanId'] } },
    });
    expect(event?.contexts.trace.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(collector.spans.map(({ traceId }) => traceId)).toContain(event?.contexts.trace.trace_id);
    expect(event?.exception.values.map(({ type, value }) => `${type}: ${value}`)).toEqual([
      'Error: of a card [masked]',
      'TypeError: no charge with [secret] for [masked]',
    ]);
    expect(event?.exception.values[1]?.stacktrace.frames.at(-1)?.filename).toContain('tracked.js');

    const all = sentry.received.join('\n');
    for (const canary of ['sk_live_canary', 'ada', '4111', 'user_agent', 'ip_address'])
      expect(all).not.toContain(canary);
    // Telling Sentry is no part of any trace.
    expect(collector.spans.filter(({ kind }) => kind === 'client')).toEqual([]);
    expect(all).not.toContain('traceparent');
  });

  it('is told in no request of the service, also where nothing is traced', async () => {
    const sentry = await startSentry();
    const { service, get, metrics } = await start(sentry);

    expect(await get('/fail/ada')).toBe(500);
    for (let tries = 0; tries < 100 && !/error_events_total\{outcome="sent"\} 1/.test(await metrics()); tries++) {
      await sleep(50);
    }
    expect(await metrics()).toContain('error_events_total{outcome="sent"} 1');
    expect((await metrics()).match(/^http_client_request_duration_seconds_count.*/gm)).toBeNull();
    expect(sentry.received[0]).not.toContain('x-request-id');
    expect(await stop(service)).toBe(0);
  });

  it('that nobody caught is told before the process ends', async () => {
    const sentry = await startSentry();
    const { service, get } = await start(sentry);

    await get('/throw-later').catch(() => undefined);
    expect(await service.ended).toBe(1);

    expect(sentry.events).toMatchObject([
      { level: 'fatal', exception: { values: [{ type: 'Error', value: 'nobody caught this' }] } },
    ]);
  });

  it('costs no request its time when Sentry is away, and is counted', async () => {
    const sentry = await startSentry();
    sentry.status = 503;
    const { service, get, metrics } = await start(sentry);

    const begun = performance.now();
    expect(await get('/fail/bob')).toBe(500);
    expect(performance.now() - begun).toBeLessThan(2000);
    for (let tries = 0; tries < 100 && !/error_events_total\{outcome="dropped"\} 1/.test(await metrics()); tries++) {
      await sleep(50);
    }
    expect(await metrics()).toContain('error_events_total{outcome="dropped"} 1');
    expect(await metrics()).toContain('error_events_total{outcome="sent"} 0');
    // A receiver that never answers does not hold up the end.
    sentry.status = 0;
    await get('/fail/eve');
    const told = performance.now();
    expect(await stop(service)).toBe(0);
    expect(performance.now() - told).toBeLessThan(10_000);
  });

  it('is told to nobody without a DSN', async () => {
    const { service, get, metrics } = await start(undefined);

    expect(await get('/fail/ada')).toBe(500);
    expect(await metrics()).toContain('error_events_total{outcome="sent"} 0');
    expect(await stop(service)).toBe(0);
    expect(service.lines.map(({ msg }) => msg)).toContain('charge failed');
  });
});
