import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { environment, ScratchService } from './scratch-service.js';

const service = new ScratchService('sqlite');
const FIRST = 'CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "old" TEXT);';
const DROP = 'ALTER TABLE "User" DROP COLUMN "old";';
const MODEL = 'model User {\n  id Int @id @default(autoincrement())\n}\n';

const run = (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = service.tool('cli', args, env);
  return { status, output: stdout + stderr };
};
const waive = (...waivers: { migration: string; rule: string; reason: string }[]) =>
  service.write('prisma/tools.json', JSON.stringify({ schemaEngine: 'wasm', waivers }));
const git = (...args: string[]) => {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], {
    cwd: service.root,
    encoding: 'utf8',
    env: environment({ GIT_CONFIG_GLOBAL: '/dev/null' }),
  });
  expect([status, stderr]).toEqual([0, expect.anything()]);
};
const commit = (message: string) => {
  git('add', 'prisma');
  git('commit', '--quiet', '-m', message);
};
const add = (id: string, sql: string, down?: string) => {
  service.migration(id, sql, down);
  expect(run(['head'])).toMatchObject({ status: 0 });
};

beforeEach(() => {
  service.clear();
  for (const path of ['.git', '.data', 'prisma/tools.json']) {
    rmSync(join(service.root, path), { recursive: true, force: true });
  }
  service.model(MODEL);
  add('20200101000000_one', FIRST, '-- migration: lossy\nDROP TABLE "User";');
});

afterAll(() => service.remove());

describe('the gate on new migrations', { timeout: 60_000 }, () => {
  const drop = () => add('20200102000000_two', DROP, 'ALTER TABLE "User" ADD COLUMN "old" TEXT;');

  it('stops one that breaks a rule, and says what, where, why, and how to do it safely', () => {
    drop();
    const { status, output } = run(['check']);
    expect([status, output]).toEqual([
      1,
      expect.stringMatching(
        /data-loss: prisma\/migrations\/20200102000000_two\/migration\.sql:1: .*DROP COLUMN "old"\n.*Why it matters: .*\n.*Safely: .*\n.*waive\('20200102000000_two', MigrationRule\.DATA_LOSS/,
      ),
    ]);
  });

  it('stops it before the commit too, without a database', () => {
    const nowhere = { DATABASE_URL: 'file:/nowhere/at/all.db' };
    expect(run(['lint'], nowhere)).toMatchObject({ status: 0 });
    drop();
    expect(run(['lint'], nowhere)).toMatchObject({ status: 1, output: expect.stringContaining('data-loss: ') });
    service.write('prisma/migrations/HEAD', '20200101000000_one\n');
    expect(run(['lint'], nowhere).output).toContain('HEAD says that the newest migration is 20200101000000_one');
  });

  it('passes what is waived with a reason', () => {
    drop();
    waive({ migration: '20200102000000_two', rule: 'data-loss', reason: 'nobody has read it since release 41' });
    expect(run(['check'])).toMatchObject({ status: 0, output: expect.stringContaining('2 migrations in order') });
  });

  it('passes a migration that has no way back when that is waived, and applies it all the same', () => {
    add('20200102000000_two', DROP);
    waive(
      { migration: '20200102000000_two', rule: 'data-loss', reason: 'nobody reads it' },
      { migration: '20200102000000_two', rule: 'irreversible', reason: 'nobody has the rows' },
    );
    expect(run(['check'])).toMatchObject({ status: 0 });
  });

  it('stops waivers that waive nothing, name nothing, or are no waivers', () => {
    drop();
    waive(
      { migration: '20200102000000_two', rule: 'data-loss', reason: 'r' },
      { migration: '20200102000000_two', rule: 'locking', reason: 'r' },
      { migration: '20200102000000_tow', rule: 'data-loss', reason: 'r' },
      { migration: '20200102000000_two', rule: 'dataloss', reason: 'r' },
    );
    const { status, output } = run(['check']);
    expect(status).toBe(1);
    expect(output).toContain('The waiver of locking for 20200102000000_two waives nothing.');
    expect(output).toContain('The waiver of data-loss for 20200102000000_tow names no migration.');
    expect(output).toContain('names no rule. There are data-loss, irreversible, locking, incompatible.');
    service.write('prisma/tools.json', '{ "waivers": [{ "migration": "x" }] }');
    expect(run(['check']).output).toContain('prisma/tools.json is not what "npx projen" writes');
  });

  it('looks at what the branch adds, not at what the base has', () => {
    git('init', '--quiet');
    commit('one');
    drop();
    expect(run(['check']).output).toContain('data-loss: ');
    commit('two');
    expect(run(['check']).output).toContain('data-loss: ');
    git('checkout', '--quiet', '-b', 'feature');
    add('20200103000000_three', 'CREATE INDEX "i" ON "User"("id");', 'DROP INDEX "i";');
    service.model(MODEL.replace('\n}', '\n  @@index([id], map: "i")\n}'));
    expect(run(['check'])).toMatchObject({ status: 0, output: expect.not.stringContaining('data-loss') });
    commit('three');
    expect(run(['check'])).toMatchObject({ status: 0 });
    expect(run(['check'], { DATABASE_CHECK_BASE: 'main~1' }).output).toContain('data-loss: ');
  });

  it('has Git stop two branches that each add one, until one of them is made to come last', () => {
    git('init', '--quiet');
    commit('one');
    for (const [id, branch] of [
      ['20200102000000', 'left'],
      ['20200103000000', 'right'],
    ] as const) {
      git('checkout', '--quiet', '-b', branch, 'main');
      add(`${id}_${branch}`, `CREATE INDEX "${branch}" ON "User"("old");`, `DROP INDEX "${branch}";`);
      commit(branch);
    }
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    const merge = spawnSync('git', [...identity, 'merge', 'left'], { cwd: service.root, encoding: 'utf8' });
    expect([merge.status, merge.stdout]).toEqual([1, expect.stringMatching(/CONFLICT.*prisma\/migrations\/HEAD/)]);
    expect(run(['check'])).toMatchObject({ status: 1, output: expect.stringContaining('HEAD has a merge conflict') });
    expect(run(['head'])).toMatchObject({ status: 0 });
    const columns = 'id Int @id @default(autoincrement())\n  old String?';
    service.model(`model User {\n  ${columns}\n  @@index([old], map: "left")\n  @@index([old], map: "right")\n}\n`);
    expect(run(['check'])).toMatchObject({ status: 0 });
  });

  it('does not call a waiver useless once its migration is on the base branch', () => {
    git('init', '--quiet');
    commit('one');
    drop();
    waive({ migration: '20200102000000_two', rule: 'data-loss', reason: 'nobody reads it' });
    commit('two');
    git('checkout', '--quiet', '-b', 'feature');
    git('commit', '--quiet', '--allow-empty', '-m', 'three');
    expect(run(['check'])).toMatchObject({ status: 0 });
  });

  it('looks at the newest in a clone without history, and says so', () => {
    git('init', '--quiet');
    drop();
    commit('two');
    git('clone', '--quiet', '--bare', '--depth', '1', `file://${service.root}`, '.git-shallow');
    rmSync(join(service.root, '.git'), { recursive: true });
    git('clone', '--quiet', '--no-checkout', '--depth', '1', `file://${join(service.root, '.git-shallow')}`, '.clone');
    spawnSync('mv', ['.clone/.git', '.git'], { cwd: service.root });
    const { status, output } = run(['check']);
    expect([status, output]).toEqual([1, expect.stringMatching(/no history to compare with[\s\S]*data-loss: /)]);
    for (const path of ['.git-shallow', '.clone']) rmSync(join(service.root, path), { recursive: true, force: true });
  });
});
