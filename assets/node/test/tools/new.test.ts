import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { driver } from '../../src/platform/migrations/driver.sqlite.js';
import { SETTINGS } from '../migrations/behaviour.js';
import { ScratchService } from './scratch-service.js';

const MODEL = 'model User {\n  id Int @id\n  name String\n}\n';
const service = new ScratchService('sqlite');

const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = service.tool('cli', args, env);
  return { status, output: stdout + stderr };
};
const ok = (...args: string[]) => {
  const { status, output } = run(args);
  expect([status, output]).toEqual([0, expect.anything()]);
  return output;
};
const newest = (file: string) => service.read(`prisma/migrations/${service.migrations().sort().at(-1)}/${file}`);

beforeEach(() => {
  service.clear();
  rmSync(join(service.root, '.data'), { recursive: true, force: true });
  service.model(MODEL);
});

afterAll(() => service.remove());

describe('a new migration', { timeout: 60_000 }, () => {
  it('is written with its way back, before anything is applied', () => {
    ok('new', 'create-users');
    expect(service.migrations()).toEqual([expect.stringMatching(/^\d{14}_create_users$/)]);
    expect(newest('migration.sql')).toMatch(/^-- CreateTable\nCREATE TABLE "User"/);
    expect(newest('down.sql')).toContain('DROP TABLE "User"');
    expect(service.read('prisma/migrations/migration_lock.toml')).toContain('provider = "sqlite"');
    expect(service.read('prisma/migrations/HEAD')).toMatch(/^\d{14}_create_users\n0 before it: [0-9a-f]{64}\n$/);
    expect(run(['status'])).toMatchObject({ status: 2, output: expect.stringContaining('pending') });
  });

  it('is not written when there is nothing to migrate', () => {
    ok('new', 'one');
    const before = readdirSync(join(service.root, 'prisma', 'migrations'));
    expect(ok('new', 'two')).toContain('Nothing to migrate');
    expect(readdirSync(join(service.root, 'prisma', 'migrations'))).toEqual(before);
  });

  it('says at its top and on the screen what it loses, in each direction', () => {
    ok('new', 'one');
    service.model('model User {\n  id Int @id\n  age Int?\n}\n');
    const output = ok('new', 'two');
    expect(output).toContain('LOSES DATA when applied: column `name` of `User` is dropped with everything in it');
    expect(output).toContain('loses data when undone: column `age` of `User` is dropped with everything in it');
    expect(newest('migration.sql')).toMatch(
      /^-- migration: lossy\n-- This migration loses data:\n-- {3}- column `name` of `User`/,
    );
    expect(newest('down.sql')).toMatch(
      /^-- migration: lossy\n-- This way back loses data:\n-- {3}- column `age` of `User`/,
    );
  });

  it('is undone on a table with rows, although required columns have no values to come back to', async () => {
    service.model(
      'model User {\n  id Int @id\n  name String\n  at DateTime\n  age Int\n  note String @default("-")\n}\n',
    );
    ok('new', 'one');
    service.model('model User {\n  id Int @id\n  age Int?\n}\n');
    ok('new', 'two');
    expect(newest('down.sql')).toMatch(
      /column `name` of `User` comes back as ''[\s\S]*column `age` of `User` becomes 0/,
    );
    ok('migrate');
    const session = await driver.open(`file:${join(service.root, '.data', 'dev.db')}`, SETTINGS);
    await session.script('INSERT INTO "User" (id, age) VALUES (1, NULL), (2, 40)');
    ok('rollback', '--accept-data-loss');
    expect(await session.query('SELECT id, name, age, note FROM "User" WHERE at IS NOT NULL ORDER BY id')).toEqual([
      { id: 1, name: '', age: 0, note: '-' },
      { id: 2, name: '', age: 40, note: '-' },
    ]);
    await session.close();
    ok('migrate');
  });

  it('comes after the newest, even on a clock that runs behind', () => {
    service.migration(
      '29990101000000_future',
      'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);',
      'DROP TABLE "User";',
    );
    ok('head');
    service.model(MODEL.replace('name String', 'name String\n  age Int?'));
    ok('new', 'later');
    expect(service.migrations().sort().at(-1)).toBe('29990101000001_later');
  });

  it.each([
    ['shell characters', ['x; touch pwned'], 'x_touch_pwned'],
    ['a substitution', ['$(touch pwned)'], 'touch_pwned'],
    ['a path', ['../../pwned'], 'pwned'],
    ['several words', ['add', 'note'], 'add_note'],
    ['an option', ['--help'], 'help'],
    ['no letters', ['é'], 'add_customer_note'],
    ['too much', ['x'.repeat(61)], 'x'.repeat(60)],
    ['a line break', ['a\nb'], 'a_b'],
  ])('refuses %s for its name', (_what, args, suggestion) => {
    const { status, output } = run(['new', ...args]);
    expect(status).toBe(1);
    expect(output).toContain(`such as ${suggestion}.`);
    expect(existsSync(join(service.root, 'prisma', 'migrations'))).toBe(false);
    expect(existsSync(join(service.root, 'pwned'))).toBe(false);
  });

  it('needs a name', () => {
    expect(run(['new'])).toMatchObject({ status: 1, output: expect.stringContaining('A migration needs a name') });
  });

  it('is not written for a schema that does not parse, and says where', () => {
    service.model('model User {\n  id Int @id\n  name Sting\n}\n');
    const { status, output } = run(['new', 'bad']);
    expect(status).toBe(1);
    expect(output).toMatch(/Sting/);
    expect(output).toContain('models.prisma');
    expect(output).not.toMatch(/schema_engine|at .*\.ts:/);
    expect(existsSync(join(service.root, 'prisma', 'migrations'))).toBe(false);
  });

  it('is not written on top of a history that does not replay', () => {
    service.migration('20200101000000_broken', 'CREATE TABEL x (id INT);', '');
    ok('head');
    const { status, output } = run(['new', 'more']);
    expect([status, output]).toEqual([1, expect.stringMatching(/20200101000000_broken/)]);
    expect(service.migrations()).toEqual(['20200101000000_broken']);
  });
});

describe('the gate', { timeout: 60_000 }, () => {
  it('passes what was made with db:new', () => {
    ok('new', 'one');
    service.model(MODEL.replace('name String', 'name String @unique'));
    ok('new', 'two');
    expect(ok('check')).toContain('2 migrations in order');
  });

  it('stops models without a migration', () => {
    ok('new', 'one');
    service.model(MODEL.replace('name String', 'name String\n  age Int?'));
    expect(run(['check'])).toMatchObject({
      status: 1,
      output: expect.stringMatching(/models have changes without a migration[\s\S]*ADD COLUMN "age"/),
    });
  });

  it('stops an edit of what was sealed by a later migration, wherever it runs', () => {
    ok('new', 'one');
    service.model(MODEL.replace('name String', 'name String\n  age Int?'));
    ok('new', 'two');
    const [first] = service.migrations().sort();
    service.write(
      `prisma/migrations/${first}/migration.sql`,
      `${service.read(`prisma/migrations/${first}/migration.sql`)}\n-- edited`,
    );
    const { status, output } = run(['check']);
    expect([status, output]).toEqual([
      1,
      expect.stringMatching(/A migration before \d+_two was edited, added or removed/),
    ]);
  });

  it('stops an edit of what is applied to the development database', () => {
    ok('new', 'one');
    ok('reset');
    const [first] = service.migrations();
    service.write(`prisma/migrations/${first}/migration.sql`, `${newest('migration.sql')}\n-- edited`);
    expect(run(['check']).output).toMatch(/_one was edited after it was applied/);
    ok('reset');
  });

  it('stops a migration that slipped in before what is applied', () => {
    ok('new', 'one');
    ok('migrate');
    service.migration('20200101000000_late', 'CREATE TABLE late (id INT);', 'DROP TABLE late;');
    ok('head');
    expect(run(['check']).output).toContain('20200101000000_late comes before migrations that are applied');
  });

  it('does not mind that the development database saw another branch', () => {
    ok('new', 'one');
    ok('migrate');
    service.clear();
    ok('new', 'other');
    expect(ok('check')).toMatch(/_one is applied to the development database and not in the folder/);
  });

  it('stops two branches that each added one', () => {
    ok('new', 'one');
    const head = service.read('prisma/migrations/HEAD');
    service.write('prisma/migrations/HEAD', `<<<<<<< ours\n${head}=======\n2_x\n>>>>>>> theirs\n`);
    expect(run(['check'])).toMatchObject({ status: 1, output: expect.stringContaining('HEAD has a merge conflict') });
    expect(run(['new', 'two'])).toMatchObject({
      status: 1,
      output: expect.stringContaining('HEAD has a merge conflict'),
    });
  });

  it('stops a way back that is missing, wrong, or does not lead back', () => {
    service.migration(
      '20200101000000_a',
      'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);',
    );
    ok('head');
    expect(run(['check']).output).toContain('20200101000000_a has no way back');
    service.write('prisma/migrations/20200101000000_a/down.sql', 'DROP TABLE "Usr";');
    expect(run(['check']).output).toMatch(/20200101000000_a cannot be rehearsed: .*no such table: Usr/s);
    service.write('prisma/migrations/20200101000000_a/down.sql', 'ALTER TABLE "User" DROP COLUMN "name";');
    expect(run(['check']).output).toMatch(/its way back does not lead back[\s\S]*left over: .*User/);
    service.write('prisma/migrations/20200101000000_a/down.sql', 'DROP TABLE "User";');
    expect(ok('check')).toContain('1 migrations in order');
    expect(readdirSync(join(service.root, '.data')).filter((name) => name.startsWith('rehearsal'))).toEqual([]);
  });
});

describe('data', { timeout: 60_000 }, () => {
  it.each(['seed', 'reset'])('is not touched by %s outside of dev and test', (verb) => {
    for (const env of [{ APP_ENV: 'staging' }, { DATABASE_URL: 'file:./other.db' }]) {
      const { status, output } = run([verb], env);
      expect([status, output]).toEqual([
        1,
        expect.stringMatching(new RegExp(`^${verb} is refused: the environment is "(staging|prod)"`)),
      ]);
    }
    expect(existsSync(join(service.root, 'other.db'))).toBe(false);
  });

  it('is seeded by a program of the user', () => {
    expect(run(['seed'])).toMatchObject({ status: 1, output: expect.stringContaining('There is no prisma/seed.ts') });
    service.write('prisma/seed.ts', 'console.log(process.env.APP_ENV, process.env.DATABASE_URL, process.argv[2]);');
    expect(ok('seed')).toMatch(/^dev file:.*\.data\/dev\.db undefined\n$/);
    expect(ok('seed', 'test', '; id')).toMatch(/^test file:.*\.data\/dev\.db ; id\n$/);
    expect(run(['seed', 'prod'])).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^seed is refused for "prod"/),
    });
  });

  it('is gone after reset, and the schema there again', () => {
    ok('new', 'one');
    ok('migrate');
    expect(ok('reset')).toMatch(/applied \d+_one/);
  });
});
