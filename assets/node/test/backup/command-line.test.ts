import { expect, it, vi } from 'vitest';
import { runCommand } from '../../src/platform/backup/command-line.js';
import { fileOf } from '../../src/platform/sqlite-url/file.js';

const { log } = vi.hoisted(() => {
  const log = { fatal: vi.fn(), child: () => log };
  return { log };
});
vi.mock('../../src/platform/logging/logger.js', () => ({
  createLogging: async () => ({ log, flush: async () => {} }),
}));

it('a URL that is wrong is reported as what a person can mend, without a stack', async () => {
  const code = await runCommand(['restore'], {
    service: 'orders',
    usage: '',
    parse: () => ({ verb: 'restore' }),
    processes: {},
    loadConfig: async () => ({ environment: 'prod' }),
    run: async () => void fileOf('/tmp/restored.db'),
  });
  expect(code).toBe(1);
  const reason = 'The URL of a SQLite database begins with file:, such as file:./path/to.db. Write it so.';
  expect(log.fatal).toHaveBeenCalledExactlyOnceWith({ reason }, 'restore failed');
});
