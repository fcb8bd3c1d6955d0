import { describe, expect, it, onTestFinished } from 'vitest';
import type { HealthCheck } from '../../src/platform/health/check.js';
import { type Endpoint, healthEndpoints } from '../../src/platform/health/endpoints.js';
import { Lifecycle } from '../../src/platform/health/lifecycle.js';
import { ManagementServer } from '../../src/platform/health/management-server.js';
import { HealthMonitor } from '../../src/platform/health/monitor.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';

const check = (name: string, required: boolean, works: boolean): HealthCheck => ({
  name,
  required,
  timeout: 50,
  check: async () => {
    if (!works) throw new Error('canary');
  },
});

async function start(checks: HealthCheck[] = [], extra: Record<string, Endpoint> = {}) {
  const { log } = await createLogging({
    service: 'orders',
    version: '1.2.3',
    environment: 'test',
    level: 'silent',
    redactor: new Redactor(),
  });
  const lifecycle = new Lifecycle();
  const monitor = new HealthMonitor(log);
  monitor.add(checks);
  const endpoints = healthEndpoints({ service: 'orders', version: '1.2.3', environment: 'test', lifecycle, monitor });
  const server = new ManagementServer({ ...endpoints, ...extra }, log);
  onTestFinished(() => server.close());
  const port = await server.listen(0, '127.0.0.1');
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { lifecycle, get };
}

const HUNG: HealthCheck = { name: 'hung', required: true, timeout: 60_000, check: () => new Promise(() => {}) };

describe('/livez', () => {
  it.each(['starting', 'running', 'draining'])('answers while %s, whatever the checks do', async (phase) => {
    const { lifecycle, get } = await start([check('database', true, false), HUNG]);
    if (phase !== 'starting') lifecycle.started();
    if (phase === 'draining') lifecycle.draining();

    expect(await get('/livez')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });
});

describe('/startupz', () => {
  it('waits for the start, and for nothing after it', async () => {
    const { lifecycle, get } = await start([check('database', true, false)]);
    expect((await get('/startupz')).status).toBe(503);

    lifecycle.started();
    expect((await get('/startupz')).status).toBe(200);

    lifecycle.draining();
    expect((await get('/startupz')).status).toBe(200);
  });
});

describe('/readyz', () => {
  it('says no while starting and draining, without asking anyone', async () => {
    const { lifecycle, get } = await start([HUNG]);
    expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"phase":"starting"') });

    lifecycle.draining();
    expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"phase":"draining"') });
  });

  it('says yes when what is required works', async () => {
    const { lifecycle, get } = await start([check('database', true, true), check('mail', false, false)]);
    lifecycle.started();
    const { status, text, headers } = await get('/readyz');

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(text)).toMatchObject({
      status: 'ok',
      checks: [
        { name: 'database', required: true, healthy: true },
        { name: 'mail', required: false, healthy: false },
      ],
    });
  });

  it('names what does not work, and not why', async () => {
    const { lifecycle, get } = await start([check('database', true, false)]);
    lifecycle.started();
    const { status, text } = await get('/readyz');

    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ status: 'unavailable', checks: [{ name: 'database', healthy: false }] });
    expect(text).not.toContain('canary');
  });
});

describe('/health', () => {
  it('reports on everything', async () => {
    const { lifecycle, get } = await start([check('database', true, false)]);
    lifecycle.started();
    const { status, text } = await get('/health');

    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      service: 'orders',
      version: '1.2.3',
      environment: 'test',
      phase: 'running',
      uptimeSeconds: expect.any(Number),
      checks: [{ name: 'database' }],
    });
  });
});

describe('the management server', () => {
  it('serves what modules add', async () => {
    const { get } = await start([], { '/metrics': (_request, response) => void response.end('up 1\n') });

    expect(await get('/metrics?x=1')).toMatchObject({ status: 200, text: 'up 1\n' });
  });

  it('serves nothing else', async () => {
    const { get } = await start();

    expect((await get('/')).status).toBe(404);
    expect((await get('/constructor')).status).toBe(404);
    expect((await get('/livez', { method: 'POST' })).status).toBe(405);
    expect((await get('/livez', { method: 'HEAD' })).status).toBe(200);
  });

  it('survives an endpoint that fails', async () => {
    const { get } = await start([], {
      '/metrics': () => {
        throw new Error('broken');
      },
    });

    expect((await get('/metrics')).status).toBe(500);
    expect((await get('/livez')).status).toBe(200);
  });
});
