import { expect, it, vi } from 'vitest';
import { Secret } from '../../src/platform/config/secret.js';
import { migrateOnStart } from '../../src/platform/database/migrate-on-start.js';
import type { SessionOptions } from '../../src/platform/migrations/session.js';

const { opened } = vi.hoisted(() => ({ opened: [] as SessionOptions[] }));
vi.mock('../../src/platform/migrations/driver.js', () => ({
  driver: {
    provider: 'postgresql',
    schemes: ['postgresql'],
    open: async (_url: string, options: SessionOptions) => {
      opened.push(options);
      throw new Error('not opened here');
    },
  },
}));

const DAY = 24 * 60 * 60 * 1000;

it('takes limits as long as the process migrate does', async () => {
  const config = {
    databaseUrl: new Secret('postgresql://h/d'),
    databasePoolSize: 1,
    databaseConnectTimeout: 1_000,
    databaseStatementTimeout: 1_000,
    migrationLockTimeout: 12 * DAY,
    migrationWaitTimeout: 13 * DAY,
  };
  const error = vi.fn();
  await migrateOnStart(config, { error } as never).stop();
  expect(error.mock.calls).toMatchObject([[{ error: expect.stringContaining('not opened here') }, expect.anything()]]);
  expect(opened).toMatchObject([{ connectTimeout: 1_000, lockTimeout: 12 * DAY, statementTimeout: 15 * 60_000 }]);
});
