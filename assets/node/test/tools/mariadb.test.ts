import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provider } from '../../tools/database/provider.mysql.js';
import { serverOfLane } from './lane.js';
import { ScratchService } from './scratch-service.js';
import { addTests, runTests } from './test-database-fixture.js';

const server = serverOfLane('mariadb', 'TEST_MARIADB_URL');
const service = new ScratchService('mysql');

afterAll(() => service.remove());

describe('the tools on MySQL, without a server', { timeout: 60_000 }, () => {
  it('ask for DATABASE_URL, since npm has no MySQL', () => {
    const { status, stderr } = service.tool('cli', ['status']);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('set DATABASE_URL=mysql://user:password@host:3306/database'),
    ]);
  });

  it('generate the client', () => {
    service.model('model User {\n  id Int @id\n}\n');
    expect(service.tool('cli', ['generate'])).toMatchObject({ status: 0 });
  });

  it('say what making a migration needs, and what works without it', () => {
    const { status, stderr } = service.tool('cli', ['new', 'one'], { DATABASE_URL: 'mysql://u:p@127.0.0.1:1/d' });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/needs Prisma's native schema engine[\s\S]*Applying, undoing/),
    ]);
  });
});

if (server === undefined) it.skip('needs TEST_MARIADB_URL');
else
  describe('the tools on MariaDB', { timeout: 90_000 }, () => {
    it('take no shadow database that is the main one, however it is spelt', async () => {
      const file = pathToFileURL(join(service.root, 'tools', 'database', 'engine', 'shadow.ts')).href;
      const { assertDifferent } = await import(/* @vite-ignore */ file);
      for (const shadow of [server, server.replace('127.0.0.1', 'localhost'), server.replace('mariadb:', 'mysql:')]) {
        await expect(assertDifferent(server, shadow), shadow).rejects.toThrow('The shadow database is the main one');
      }
      const other = await provider.create(server, 'shadow_of_test');
      await assertDifferent(server, other);
      await provider.drop(other);
    });

    let url = '';
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = service.tool('cli', args, { DATABASE_URL: url, APP_ENV: 'test' });
      return { status, output: stdout + stderr };
    };

    beforeAll(async () => {
      addTests(service);
      url = await provider.create(server, `t_${randomBytes(6).toString('hex')}`);
      expect(run('head')).toMatchObject({ status: 0 });
    });

    it('rehearse every way back', () => {
      expect(run('check')).toMatchObject({ status: 0, output: expect.stringContaining('1 migrations in order') });
    });

    it('start over', () => {
      expect(run('reset').output).toContain('applied 20200101000000_a');
      expect(run('reset').output).toContain('applied 20200101000000_a');
    });

    it('give each test file a database', async () => {
      const { status, output } = runTests(service, { DATABASE_URL: url });
      expect([status, output]).toEqual([0, expect.stringMatching(/3 passed/)]);
      expect((await provider.names(url)).filter((name) => name.startsWith('test_'))).toEqual([]);
    });
  });
