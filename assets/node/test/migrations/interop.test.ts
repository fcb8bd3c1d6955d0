import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.postgresql.js';
import { provider } from '../../tools/database/provider.postgresql.js';
import { ScratchService } from '../tools/scratch-service.js';
import { SETTINGS } from './behaviour.js';

const MODEL = 'model User {\n  id Int @id\n}\n';

describe.each(['postgresql', 'sqlite'] as const)(
  "Prisma's CLI and the runner on %s, mixed",
  { timeout: 120_000 },
  (kind) => {
    const service = new ScratchService(kind);
    let held: { url: string; release(): Promise<void> } | undefined;
    const prisma = (...args: string[]) => {
      const { stdout, stderr } = service.prisma(args);
      return stdout + stderr;
    };
    const tool = (...args: string[]) => {
      const { stdout, stderr } = service.tool('cli', args);
      return stdout + stderr;
    };

    beforeAll(async () => {
      service.model(MODEL);
      if (kind === 'postgresql') held = await service.holdDatabase();
      expect(tool('new', 'one')).toContain('Wrote prisma/migrations/');
      service.model(MODEL.replace('@id', '@id\n  name String @default("x")'));
      expect(tool('new', 'two')).toContain('Wrote prisma/migrations/');
    }, 120_000);

    afterAll(async () => {
      await held?.release();
      service.remove();
    });

    it('agree on what the other applied and undid', () => {
      expect(tool('migrate')).toMatch(/applied \d+_one[\s\S]*applied \d+_two/);
      expect(prisma('migrate', 'dev', '--name', 'nothing')).toContain('Already in sync');

      expect(tool('rollback', '--accept-data-loss')).toMatch(/undone \d+_two/);
      expect(prisma('migrate', 'status')).toMatch(/have not yet been applied:\s+\d+_two/);
      expect(prisma('migrate', 'deploy')).toMatch(/have been applied:[\s\S]*_two/);

      expect(tool('status')).toContain('Up to date.');
      expect(tool('migrate')).toContain('Nothing to migrate');
      expect(tool('rollback', '--accept-data-loss')).toMatch(/undone \d+_two/);
      expect(tool('migrate')).toMatch(/applied \d+_two/);
      expect(prisma('migrate', 'status')).toContain('Database schema is up to date');
      expect(tool('check')).toContain('2 migrations in order');
    });
  },
);

describe('a migration that failed under Prisma', { timeout: 60_000 }, () => {
  const service = new ScratchService('postgresql');

  afterAll(() => service.remove());

  it('is taken over by the runner once it is mended', async () => {
    const held = await service.holdDatabase();
    const url = await provider.create(held.url, 'taken_over');
    const env = { DATABASE_URL: url };
    service.write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n');
    service.migration('20260101000000_bad', 'CREATE TABLE a (id INT); CREATE TABLE a (id INT);');
    expect(service.prisma(['migrate', 'deploy'], env).stderr).toContain('relation "a" already exists');
    const status = service.tool('cli', ['status'], env);
    expect([status.status, status.stdout]).toEqual([2, expect.stringContaining('STOPPED  20260101000000_bad')]);
    service.migration('20260101000000_bad', 'CREATE TABLE a (id INT);');
    expect(service.tool('cli', ['migrate'], env).stdout).toContain('applied 20260101000000_bad');
    expect(service.prisma(['migrate', 'status'], env).stdout).toContain('Database schema is up to date');
    const session = await driver.open(url, SETTINGS);
    expect(await session.tableExists('a')).toBe(true);
    await session.close();
    await held.release();
  });
});
