import { expect, it } from 'vitest';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';
import { Closers } from '../../src/platform/shutdown/closers.js';

async function closers() {
  const lines: { msg: string }[] = [];
  const { log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'test',
    level: 'info',
    redactor: new Redactor(),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  return { closers: new Closers(log), lines };
}

it('what was opened closes in reverse, each after the other', async () => {
  const closed: string[] = [];
  const { closers: all } = await closers();
  all.add('first', () => void closed.push('first'));
  all.add('second', async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    closed.push('second');
  });
  await all.close();

  expect(closed).toEqual(['second', 'first']);
});

it('closes the rest when one fails, and says which', async () => {
  const closed: string[] = [];
  const { closers: all, lines } = await closers();
  all.add('database', () => void closed.push('database'));
  all.add('queue', () => {
    throw new Error('stuck');
  });
  await all.close();

  expect(closed).toEqual(['database']);
  expect(lines).toMatchObject([{ level: 'error', msg: 'queue did not close', error: { message: 'stuck' } }]);
});

it('closes everything once', async () => {
  const closed: string[] = [];
  const { closers: all } = await closers();
  all.add('database', () => void closed.push('database'));
  await Promise.all([all.close(), all.close()]);

  expect(closed).toEqual(['database']);
});
