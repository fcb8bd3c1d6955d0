import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort, run } from '../support/process.js';

async function start(env: NodeJS.ProcessEnv = {}, args: string[] = []) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const service = run('service', { PORT: `${port}`, MANAGEMENT_PORT: `${managementPort}`, ...env }, args);
  return {
    service,
    url: `http://127.0.0.1:${port}`,
    management: `http://127.0.0.1:${env['MANAGEMENT_PORT'] ?? managementPort}`,
    port,
  };
}

const statusOf = async (url: string) => (await fetch(url)).status;

describe.concurrent('a web process', () => {
  it('starts, opens in order, and closes in reverse on TERM', async () => {
    const { service, url, management } = await start();
    const ready = await service.line('ready');
    expect(ready['startMs']).toEqual(expect.any(Number));
    expect(await statusOf(`${url}/hello`)).toBe(200);
    expect(await statusOf(`${url}/readyz`)).toBe(404);
    for (const path of ['/livez', '/readyz', '/startupz', '/health', '/second']) {
      expect(await statusOf(management + path)).toBe(200);
    }
    service.kill('SIGTERM');

    expect(await service.ended).toBe(0);
    expect(
      service.lines.filter(({ msg }) => msg !== 'request').map(({ module = '', msg }) => `${module} ${msg}`.trim()),
    ).toEqual([
      'secret read',
      'first opened',
      'second opened',
      expect.stringContaining('listening at http://127.0.0.1:'),
      'ready',
      'stopping',
      'routes closed',
      'second closed',
      'first closed',
      'stopped',
    ]);
    expect(service.stderr()).toBe('');
  });

  it('is alive but not started while its modules open, and may be stopped then', async () => {
    const { service, management } = await start({}, ['10000']);
    await fetchUntilUp(`${management}/livez`);
    expect(await statusOf(`${management}/livez`)).toBe(200);
    expect(await statusOf(`${management}/startupz`)).toBe(503);
    expect(await statusOf(`${management}/readyz`)).toBe(503);
    service.kill('SIGTERM');

    expect(await service.ended).toBe(0);
    expect(service.stderr()).toBe('');
  });

  it('finishes what is in flight on INT, not ready but serving until the delay is over', async () => {
    const { service, url, management } = await start({ SHUTDOWN_DELAY: '1500ms' });
    await service.line('ready');
    const slow = fetch(`${url}/slow?ms=2500`);
    await sleep(100);
    service.kill('SIGINT');
    await service.line('stopping');

    expect(await statusOf(`${management}/readyz`)).toBe(503);
    expect(await statusOf(`${management}/livez`)).toBe(200);
    const late = await fetch(`${url}/hello`);
    expect(late.status).toBe(200);
    expect(late.headers.get('connection')).toBe('close');
    while (await answers(`${url}/hello`)) await sleep(50);
    expect((await slow).status).toBe(200);
    expect(await service.ended).toBe(0);
  });

  it('loses no request under load', async () => {
    const { service, url } = await start({ SHUTDOWN_DELAY: '300ms', RATE_LIMIT_MAX: '1000000', LOG_LEVEL: 'warn' });
    await fetchUntilUp(`${url}/hello`);
    let answered = 0;
    let refused = 0;
    const lost: unknown[] = [];
    const client = async () => {
      while (refused === 0) {
        try {
          const response = await fetch(`${url}/slow?ms=20`);
          await response.json();
          answered++;
        } catch (error) {
          // Neither a refused connection nor one that was never accepted had a request in it.
          if (((error as Error).cause as NodeJS.ErrnoException).syscall === 'connect') refused++;
          else lost.push((error as Error).cause);
        }
      }
    };
    const clients = Promise.all(Array.from({ length: 30 }, client));
    await sleep(300);
    service.kill('SIGTERM');
    await clients;

    expect(lost).toEqual([]);
    expect(answered).toBeGreaterThan(30);
    expect(await service.ended).toBe(0);
  });

  it('answers even the request that takes as long as one may, before it ends', async () => {
    const { service, url } = await start({ REQUEST_TIMEOUT: '1s', SHUTDOWN_GRACE: '5s' });
    await service.line('ready');
    const hanging = fetch(`${url}/hang`);
    await sleep(100);
    service.kill('SIGTERM');

    expect((await hanging).status).toBe(503);
    expect(await service.ended).toBe(0);
  });

  it('ends at the limit with what does not finish', async () => {
    const { service, url } = await start({ SHUTDOWN_GRACE: '400ms' });
    await service.line('ready');
    const hanging = fetch(`${url}/hang`).catch(() => 'cut');
    await sleep(100);
    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    expect(await hanging).toBe('cut');
    expect(service.lines.map(({ msg }) => msg)).toContain('not done within the limit: ending with work in hand');
  });

  it('ends at once when asked twice', async () => {
    const { service, url } = await start({ SHUTDOWN_DELAY: '10s' });
    await service.line('ready');
    const hanging = fetch(`${url}/hang`).catch(() => 'cut');
    await sleep(100);
    service.kill('SIGTERM');
    await service.line('stopping');
    service.kill('SIGTERM');

    expect(await service.ended).toBe(1);
    expect(await hanging).toBe('cut');
    expect(service.lines.map(({ msg }) => msg)).toContain('asked again: ending at once');
  });

  it.each(['/throw-later', '/reject-later'])('stops in order after an error that nobody caught: %s', async (path) => {
    const { service, url } = await start({ SHUTDOWN_DELAY: '10s' });
    await service.line('ready');
    const slow = fetch(`${url}/slow?ms=300`);
    await sleep(50);
    await fetch(url + path).catch(() => {});

    expect(await service.ended).toBe(1);
    expect((await slow).status).toBe(200);
    expect(await service.line('uncaught: stopping')).toMatchObject({
      level: 'fatal',
      error: { message: 'nobody caught this' },
    });
    expect(service.lines.map(({ msg }) => msg)).toContain('stopped');
  });

  it('serves its probes on the public port when there is but one, unlimited and unlogged', async () => {
    const port = `${await freePort()}`;
    const { service } = await start({ PORT: port, MANAGEMENT_PORT: port, RATE_LIMIT_MAX: '1' });
    const url = `http://127.0.0.1:${port}`;
    await service.line('ready');
    for (let i = 0; i < 3; i++) {
      expect(await statusOf(`${url}/readyz`)).toBe(200);
      expect(await statusOf(`${url}/livez`)).toBe(200);
    }
    expect(await statusOf(`${url}/hello`)).toBe(200);
    expect(await statusOf(`${url}/hello`)).toBe(429);
    service.kill('SIGTERM');
    await service.ended;

    expect(service.lines.filter(({ msg }) => msg === 'request')).toHaveLength(2);
  });

  it('shows no secret in its log', async () => {
    const { service, url } = await start();
    await service.line('ready');
    await fetch(`${url}/hello`, { headers: { 'x-request-id': 'sk_live_canary' } });
    service.kill('SIGTERM');
    await service.ended;

    expect(service.lines.filter(({ msg }) => msg === 'request')).toMatchObject([{ requestId: '[secret]' }]);
  });
});

describe.concurrent('a web process that cannot start', () => {
  it('says which port is in use, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.on('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { service } = await start({ PORT: `${port}` });

    expect(await service.ended).toBe(1);
    taken.close();
    expect(JSON.parse(service.stderr())).toEqual({
      level: 'fatal',
      time: expect.any(String),
      service: 'orders',
      environment: 'staging',
      version: '1.2.3',
      msg: `could not start: port ${port} on 127.0.0.1 is in use: stop what listens there, or set PORT to another port`,
    });
    expect(service.lines.map(({ msg }) => msg)).toContain('closed');
  });

  it('says all that is wrong with its configuration in one line, and ends with 78', async () => {
    const { service } = await start({ PORT: 'abc', BODY_LIMIT: '0', STRIPE_API_KEY: '' });

    expect(await service.ended).toBe(78);
    expect(service.lines).toEqual([]);
    expect(JSON.parse(service.stderr())).toMatchObject({
      level: 'fatal',
      msg: 'could not start: 3 problems in the configuration for staging',
      problems: [
        'PORT is "abc" (from the process environment), but must be an integer from 0 to 65535.',
        'BODY_LIMIT is "0" (from the process environment), but must be an integer of at least 1.',
        expect.stringContaining('STRIPE_API_KEY is a secret, and in staging secrets are no environment variables'),
      ],
    });
  });

  it('says it in text to a developer', async () => {
    const { service } = await start({ APP_ENV: 'dev', PORT: 'abc' });

    expect(await service.ended).toBe(78);
    expect(service.stderr()).toBe(
      'orders could not start: 1 problem in the configuration for dev:\n' +
        '  - PORT is "abc" (from the process environment), but must be an integer from 0 to 65535.\n',
    );
  });

  it('refuses a proxy that is none', async () => {
    const { service } = await start({ TRUSTED_PROXIES: '10.0.0.0/8,ingress' });

    expect(await service.ended).toBe(78);
    expect(service.stderr()).toContain('TRUSTED_PROXIES: \\"ingress\\" is neither an address nor a network');
  });
});

async function fetchUntilUp(url: string): Promise<void> {
  while (!(await answers(url))) await sleep(50);
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
