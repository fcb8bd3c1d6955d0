import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HealthCheck } from '../../src/platform/health/check.js';
import { HealthMonitor } from '../../src/platform/health/monitor.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';

const working = async () => {};
const failing = async () => {
  throw new Error('refused');
};

async function monitorOf(...checks: Partial<HealthCheck>[]) {
  const lines: { level: string; check?: string; msg: string; error?: { message: string } }[] = [];
  const { log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'test',
    level: 'info',
    redactor: new Redactor(),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  const monitor = new HealthMonitor(log);
  monitor.add(checks.map((check) => ({ name: 'database', required: true, timeout: 100, check: working, ...check })));
  return { monitor, lines };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a check', () => {
  it('that works is healthy, one that throws is not', async () => {
    const { monitor } = await monitorOf({ name: 'a' }, { name: 'b', required: false, check: failing });

    expect(await monitor.results()).toMatchObject([
      { name: 'a', required: true, healthy: true },
      { name: 'b', required: false, healthy: false },
    ]);
  });

  it('that does not answer in time is not, even when it ignores its signal', async () => {
    const signals: AbortSignal[] = [];
    const { monitor, lines } = await monitorOf({
      check: (signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const results = monitor.results();
    await vi.advanceTimersByTimeAsync(100);

    expect(await results).toMatchObject([{ healthy: false }]);
    expect(signals[0]?.aborted).toBe(true);
    expect(lines).toMatchObject([{ level: 'error', error: { message: 'no answer within 100 ms' } }]);
  });

  it('that throws before it is even asynchronous is not', async () => {
    const { monitor } = await monitorOf({
      check: () => {
        throw new Error('at once');
      },
    });

    expect(await monitor.results()).toMatchObject([{ healthy: false }]);
  });
});

describe('answers', () => {
  it('are shared for a second', async () => {
    const check = vi.fn(working);
    const { monitor } = await monitorOf({ check });
    await Promise.all([monitor.results(), monitor.results()]);
    await vi.advanceTimersByTimeAsync(900);
    await monitor.results();
    expect(check).toHaveBeenCalledTimes(1);

    await vi.advanceTimersByTimeAsync(200);
    await monitor.results();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('are logged when they change, and only then', async () => {
    let answer = working;
    const { monitor, lines } = await monitorOf({ check: () => answer() });
    for (const next of [working, failing, failing, working, working]) {
      answer = next;
      await monitor.results();
      await vi.advanceTimersByTimeAsync(1100);
    }

    expect(lines).toMatchObject([
      { level: 'error', check: 'database', msg: 'health check fails', error: { message: 'refused' } },
      { level: 'info', check: 'database', msg: 'health check works again' },
    ]);
  });
});
