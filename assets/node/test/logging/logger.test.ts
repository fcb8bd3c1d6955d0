import { describe, expect, it } from 'vitest';
import { createLogging, type LoggerOptions } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';

async function logging(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const { log, addContext } = await createLogging({
    service: 'orders',
    version: '1.2.3',
    environment: 'prod',
    level: 'info',
    redactor: new Redactor(),
    destination: { write: (line) => lines.push(line) },
    ...options,
  });
  return { log, addContext, lines, parsed: () => lines.map((line) => JSON.parse(line)) };
}

describe('a line', () => {
  it('says when, how severe and of what it is', async () => {
    const { log, parsed } = await logging();
    log.warn({ check: 'database' }, 'slow');

    expect(parsed()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'orders',
        environment: 'prod',
        version: '1.2.3',
        check: 'database',
        msg: 'slow',
      },
    ]);
  });

  it('has the time at which it was written', async () => {
    const { log, parsed } = await logging();
    const before = Date.now();
    log.info('now');
    const time = Date.parse(parsed()[0].time);

    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('is not written below the level', async () => {
    const { log, lines } = await logging({ level: 'error' });
    log.warn('no');

    expect(lines).toEqual([]);
  });
});

describe('the context of a line', () => {
  it('is added to it, and gives way to what the line says itself', async () => {
    const { log, addContext, parsed } = await logging();
    let context: Record<string, unknown> | undefined = { traceId: 'a', spanId: 'b' };
    addContext(() => context);
    log.info('in a trace');
    log.child({ module: 'x' }).info({ traceId: 'c' }, 'of another');
    context = undefined;
    log.info({ order: 7 }, 'outside');

    expect(parsed()).toMatchObject([
      { traceId: 'a', spanId: 'b' },
      { traceId: 'c', module: 'x' },
      { order: 7, msg: 'outside' },
    ]);
    expect(parsed()[2]).not.toHaveProperty('traceId');
  });
});

describe('an error', () => {
  it('comes with the chain of its causes', async () => {
    const { log, parsed } = await logging();
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    log.error(new TypeError('no order', { cause: new Error('no database', { cause: refused }) }));

    expect(parsed()[0]).toMatchObject({
      msg: 'no order',
      error: {
        type: 'TypeError',
        message: 'no order',
        stack: expect.stringContaining('logger.test.ts'),
        cause: { type: 'Error', message: 'no database', cause: { message: 'refused', code: 'ECONNREFUSED' } },
      },
    });
  });

  it('may cause itself', async () => {
    const { log, parsed } = await logging();
    const error = new Error('loop');
    error.cause = error;
    log.error({ error });

    expect(parsed()[0].error.cause.message).toBe('loop');
  });

  it('may be several', async () => {
    const { log, parsed } = await logging();
    log.error({ error: new AggregateError([new Error('a'), 'b'], 'both') });

    expect(parsed()[0].error.errors).toMatchObject([{ message: 'a' }, { type: 'string', message: "'b'" }]);
  });

  it('leaves out what libraries hang on it', async () => {
    const { log, lines } = await logging();
    log.error(Object.assign(new Error('failed'), { config: { headers: { authorization: 'Bearer canary' } } }));

    expect(lines.join()).not.toContain('canary');
  });
});

describe('secrets', () => {
  const secrets = ['p@ss/"word"', 'postgresql://u:p%40ss@h/d'];

  it.each<[string, object | Error]>([
    ['a field', { key: 'p@ss/"word"' }],
    ['deep in an object', { a: [{ b: 'x p@ss/"word" y' }] }],
    ['a URL', { url: `https://x/?key=${encodeURIComponent('p@ss/"word"')}` }],
    ['an error', new Error('cannot reach postgresql://u:p%40ss@h/d')],
    ['a cause', new Error('no', { cause: new Error('p@ss/"word"') })],
  ])('are masked in %s', async (_where, subject) => {
    const { log, lines, parsed } = await logging({ redactor: new Redactor(secrets) });
    log.error(subject, 'p@ss/"word"');

    expect(lines.join()).not.toMatch(/p@ss|p%40ss|word/);
    expect(lines.join()).toContain('[secret]');
    expect(parsed()).toHaveLength(1);
  });

  it('are masked in child loggers', async () => {
    const { log, lines } = await logging({ redactor: new Redactor(secrets) });
    log.child({ key: 'p@ss/"word"' }).info('x');

    expect(lines.join()).toContain('"key":"[secret]"');
  });

  it('too short to tell from other text stay', async () => {
    const { log, parsed } = await logging({ redactor: new Redactor(['e', '']) });
    log.info('hello');

    expect(parsed()[0].msg).toBe('hello');
  });
});
