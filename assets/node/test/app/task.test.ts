import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort, run } from '../support/process.js';

const messages = (process: { lines: { msg?: string }[] }) => process.lines.map(({ msg }) => msg);

async function worker(behaviour: string, env: NodeJS.ProcessEnv = {}) {
  const managementPort = await freePort();
  const process = run('worker', { MANAGEMENT_PORT: `${managementPort}`, ...env }, [behaviour]);
  return { process, management: `http://127.0.0.1:${managementPort}` };
}

describe.concurrent('a worker', () => {
  it.each(['loop', 'wait'])('has probes, and stops on TERM: %s', async (behaviour) => {
    const { process, management } = await worker(behaviour);
    expect(await process.line('working')).toMatchObject({ process: 'mailer', queue: 'queue' });
    expect((await fetch(`${management}/readyz`)).status).toBe(200);
    expect((await fetch(`${management}/livez`)).status).toBe(200);
    process.kill('SIGTERM');

    expect(await process.ended).toBe(0);
    expect(messages(process).slice(-3)).toEqual([
      ...(behaviour === 'loop' ? ['finished what was in hand'] : ['stopping']),
      'closed',
      'stopped',
    ]);
  });

  it('is not ready while it finishes what is in hand', async () => {
    const { process, management } = await worker('hang', { SHUTDOWN_GRACE: '1500ms' });
    await process.line('working');
    process.kill('SIGTERM');
    await process.line('stopping');
    expect((await fetch(`${management}/readyz`)).status).toBe(503);
    expect((await fetch(`${management}/livez`)).status).toBe(200);

    expect(await process.ended).toBe(1);
    expect(messages(process)).toContain('not done within the limit: ending with work in hand');
  });

  it('that fails says so, and ends with 1', async () => {
    const { process } = await worker('fail');

    expect(await process.ended).toBe(1);
    expect(await process.line('failed')).toMatchObject({ level: 'fatal', error: { message: 'no more' } });
    expect(messages(process)).toContain('closed');
  });

  it('that comes to its end ends with 0', async () => {
    const { process } = await worker('finish');

    expect(await process.ended).toBe(0);
    expect(messages(process).slice(-2)).toEqual(['finished', 'closed']);
  });
});

describe.concurrent('a job', () => {
  it('runs once and ends with 0, whatever it left open', async () => {
    const process = run('job', {}, ['succeed']);

    expect(await process.ended).toBe(0);
    expect(messages(process)).toEqual(['secret read', 'opened', 'started', 'cleaning', 'finished', 'closed']);
    expect(await process.line('cleaning')).toMatchObject({ process: 'cleanup', environment: 'staging' });
  });

  it('that fails ends with 1', async () => {
    const process = run('job', {}, ['fail']);

    expect(await process.ended).toBe(1);
    expect(await process.line('failed')).toMatchObject({ level: 'fatal', error: { message: 'cannot clean' } });
  });

  it('that is cut short has failed', async () => {
    const process = run('job', {}, ['wait']);
    await process.line('cleaning');
    await sleep(50);
    process.kill('SIGTERM');

    expect(await process.ended).toBe(1);
    expect(messages(process)).toContain('closed');
  });

  it('with a configuration that is not valid ends with 78', async () => {
    const process = run('job', { LOG_LEVEL: 'loud' }, ['succeed']);

    expect(await process.ended).toBe(78);
    expect(process.stderr()).toContain('must be one of trace, debug, info');
  });
});
