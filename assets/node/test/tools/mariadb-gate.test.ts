import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { provider } from '../../tools/database/provider.mysql.js';
import { serverOfLane } from './lane.js';
import { ScratchService } from './scratch-service.js';

const server = serverOfLane('mariadb', 'TEST_MARIADB_URL');
const service = new ScratchService('mysql');
const FIRST = `CREATE TABLE \`User\` (\`id\` INTEGER NOT NULL AUTO_INCREMENT, \`name\` VARCHAR(191) NOT NULL, \`kind\` ENUM('a', 'b') NOT NULL,
  \`at\` DATETIME(3) NOT NULL, \`ok\` BOOLEAN NOT NULL, \`data\` JSON, PRIMARY KEY (\`id\`)) DEFAULT CHARACTER SET utf8mb4;
CREATE TABLE \`Post\` (\`id\` INTEGER NOT NULL, \`userId\` INTEGER NOT NULL, PRIMARY KEY (\`id\`),
  CONSTRAINT \`Post_userId_fkey\` FOREIGN KEY (\`userId\`) REFERENCES \`User\`(\`id\`)) DEFAULT CHARACTER SET utf8mb4;`;

afterAll(() => service.remove());

if (server === undefined) it.skip('needs TEST_MARIADB_URL');
else
  describe('the gate on MariaDB', { timeout: 90_000 }, () => {
    let url = '';
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = service.tool('cli', args, {
        DATABASE_URL: url,
        APP_ENV: 'test',
        PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:1',
      });
      return { status, output: stdout + stderr };
    };
    const add = (sql: string, down: string) => {
      service.migration('20200102000000_two', sql, down);
      expect(run('head')).toMatchObject({ status: 0 });
    };

    beforeEach(async () => {
      service.clear();
      service.model('model User {\n  id Int @id\n}\n');
      service.migration('20200101000000_one', FIRST, '-- migration: lossy\nDROP TABLE `Post`;\nDROP TABLE `User`;');
      url = await provider.create(server, `t_${randomBytes(6).toString('hex')}`);
    });

    it('passes what neither locks nor loses anything, on tables with rows', () => {
      add('CREATE INDEX `i` ON `User`(`name`);', 'DROP INDEX `i` ON `User`;');
      expect(run('check')).toMatchObject({ status: 0, output: expect.stringContaining('2 migrations in order') });
    });

    it('stops what locks the table, and says how the server does it beside its writers', () => {
      add('ALTER TABLE `User` MODIFY `name` TEXT NOT NULL;', 'ALTER TABLE `User` MODIFY `name` VARCHAR(191) NOT NULL;');
      const { status, output } = run('check');
      expect([status, output]).toEqual([
        1,
        expect.stringMatching(/locking: .*two\/migration\.sql:1: .*MODIFY[\s\S]*LOCK=NONE/),
      ]);
    });

    it('misses rows that a migration removes without a word', () => {
      add('DELETE FROM `Post` WHERE `userId` > 0;', 'DELETE FROM `Post` WHERE `userId` < 0;');
      expect(run('check').output).toMatch(/way back removes data and does not say so|Post\.userId was 7/);
    });

    it('cannot write ways back without the native engine, and says so once', () => {
      service.migration('20200102000000_two', 'CREATE INDEX `i` ON `User`(`name`);');
      const { status, output } = run('backfill-down');
      expect([status, output]).toEqual([1, expect.stringContaining('PRISMA_ENGINES_MIRROR')]);
    });
  });
