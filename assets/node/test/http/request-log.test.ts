import { expect, it } from 'vitest';
import { RequestLog } from '../../src/platform/http/request-log.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';

async function requestLog(options?: { level: string }) {
  const lines: Record<string, unknown>[] = [];
  const { log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'test',
    level: 'info',
    redactor: new Redactor(),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  let made = 0;
  const parent: typeof log = Object.create(log, {
    child: {
      value: (...args: Parameters<typeof log.child>) => {
        made++;
        return log.child(...args);
      },
    },
  });
  return { log: new RequestLog(parent, { requestId: 'r1' }, options), lines, made: () => made };
}

it('is not made for its level alone, and once for its lines', async () => {
  const { log, lines, made } = await requestLog();
  expect([log.level, made()]).toEqual(['info', 0]);
  log.debug('no line');
  log.info({ order: 7 }, 'placed %s', 'well');
  log.warn('late');

  expect(made()).toBe(1);
  expect(lines).toMatchObject([
    { level: 'info', requestId: 'r1', order: 7, msg: 'placed well' },
    { level: 'warn', requestId: 'r1', msg: 'late' },
  ]);
  log.child({ step: 2 }).error('worse');
  expect(lines.at(-1)).toMatchObject({ level: 'error', requestId: 'r1', step: 2, msg: 'worse' });
});

it('has a level of its own where the route or the request sets one', async () => {
  const { log, lines } = await requestLog({ level: 'error' });
  log.warn('no line');
  expect(log.level).toBe('error');
  log.level = 'debug';
  log.debug('now');

  expect(log.level).toBe('debug');
  expect(lines).toMatchObject([{ level: 'debug', msg: 'now' }]);
});
