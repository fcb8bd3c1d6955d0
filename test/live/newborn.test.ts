import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../scripts/live/command';
import { projenNew, synthesize } from '../../scripts/live/newborn';
import { freePort } from '../../scripts/live/server';
import { copyOf, emptyFolder, newborns } from './support/newborns';

const git = (folder: string, ...args: string[]) => run('git', args, { cwd: folder });
const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8');
const from = () => `@riso/projen@file:${newborns().tarball}`;

describe('projen new --from a tarball', () => {
  test('leaves a repository with one commit and nothing uncommitted', async () => {
    const { postgresql } = newborns();
    expect((await git(postgresql, 'log', '--format=%s')).trim().split('\n')).toHaveLength(1);
    expect(await git(postgresql, 'status', '--porcelain')).toBe('');
  });

  test('writes a declaration that a person reads with pleasure', () => {
    expect(
      read(newborns().postgresql, '.projenrc.ts').replace(newborns().tarball, '/riso-projen.tgz'),
    ).toMatchInlineSnapshot(`
      "import { Cron, NodeServiceProject } from '@riso/projen';

      const service = new NodeServiceProject({
        name: 'orders',
        devDeps: ['@riso/projen@file:/riso-projen.tgz'],
      });

      service.addScheduledJob('cleanup', {
        schedule: Cron.daily(),
        command: ['node', 'dist/cleanup.js'],
        description: 'Forgets idempotency keys older than a day',
      });

      // What to try next. After each edit, run "npx projen".
      //
      // A config variable, typed in the service as config.stripeApiKey:
      // service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
      //
      // A number that somebody asks about, counted in the service by app.metrics.ordersRefunded.inc({ reason }):
      // service.observability?.addCounter('orders_refunded_total', { help: 'Orders paid back', labels: ['reason'] });
      //
      // A process that works through a queue (its entry module is yours: src/mailer.ts):
      // service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' });
      //
      // A task of yours that holds up pull requests:
      // service.addTask('licenses', { exec: 'npx license-checker --failOn GPL' });
      // service.addCheck('licenses', { task: 'licenses', description: 'Every dependency has a licence we accept' });
      //
      // Your models are in prisma/schema/. After an edit, "npx projen db:new <name>" writes the migration and its way back.

      service.synth();
      "
    `);
  });

  test('synthesizes the same again', async () => {
    const { folder, remove } = copyOf(newborns().postgresql);
    try {
      expect(await synthesize(folder)).toMatchObject({ code: 0 });
      expect(await git(folder, 'status', '--porcelain')).toBe('');
    } finally {
      remove();
    }
  });

  test('leaves a lock file that npm ci accepts', async () => {
    const folder = emptyFolder();
    for (const name of ['package.json', 'package-lock.json']) {
      writeFileSync(join(folder, name), read(newborns().postgresql, name));
    }
    await run('npm', ['ci', '--dry-run', '--ignore-scripts'], { cwd: folder });
  });

  test('names the service after its folder and takes a description with quotes', () => {
    expect(read(newborns().none, '.projenrc.ts')).toMatch(
      /^import \{ Database, NodeServiceProject \} from '@riso\/projen';\n\nconst service = new NodeServiceProject\(\{\n {2}name: 'hello',\n {2}description: 'Says \\'hello\\'',\n {2}database: Database.NONE,\n/,
    );
  });

  test('leaves no trace of a database where there is none', () => {
    const { none } = newborns();
    expect(
      ['prisma', 'prisma.config.ts', 'tools/database', '.data'].filter((path) => existsSync(join(none, path))),
    ).toEqual([]);
    expect(Object.keys(JSON.parse(read(none, 'package.json')).dependencies)).not.toContain('@prisma/client');
  });
});

describe('projen new --from a registry', () => {
  test('makes the service with the newest version', () => {
    const { sqlite } = newborns();
    expect(JSON.parse(read(sqlite, 'package.json'))).toMatchObject({
      name: 'notes',
      type: 'module',
      devDependencies: { '@riso/projen': '^0.0.0' },
    });
    expect(read(sqlite, '.projenrc.ts')).toContain(
      "  name: 'notes',\n  database: Database.SQLITE,\n  example: false,\n});",
    );
    expect(readdirSync(join(sqlite, 'src/routes'))).toEqual(['hello.ts']);
  });
});

describe('projen new refuses', () => {
  test('a database it does not know, and writes nothing', async () => {
    const folder = emptyFolder();
    const { code, output } = await projenNew(folder, {
      from: from(),
      flags: ['--no-git', '--name', 'orders', '--database', 'oracle'],
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/database: must be one of postgresql, mysql, sqlite, none/);
    expect(leftovers(folder)).toEqual([]);
  });

  test('a name that cannot be one and a misspelt flag, together, and writes nothing', async () => {
    const folder = emptyFolder();
    const { code, output } = await projenNew(folder, {
      from: from(),
      flags: ['--no-git', '--name', 'My Orders!', '--databse', 'sqlite'],
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/--databse: is no flag of projen new\n\s+fix: write --database/);
    expect(output).toMatch(
      /name: a service is named by lower-case letters.*\(got "My Orders!"\)\n\s+fix: give another one/,
    );
    expect(leftovers(folder)).toEqual([]);
  });

  test('to work without a registry, and says so', async () => {
    const folder = emptyFolder();
    const registry = `http://127.0.0.1:${await freePort()}/`;
    const { code, output } = await projenNew(folder, {
      from: from(),
      flags: ['--no-git', '--name', 'orders'],
      env: { npm_config_registry: registry, npm_config_cache: join(folder, '.npm'), npm_config_fetch_retries: '0' },
    });
    expect(code).not.toBe(0);
    // projen installs itself first, and keeps npm's own words to itself.
    expect(output).toMatch(/Command failed .* npm install .* projen@/);
    expect(leftovers(folder).filter((name) => name !== '.npm')).toEqual([]);
  });

  test('a folder with files it would overwrite, names them, and leaves them alone', async () => {
    const folder = emptyFolder();
    const mine = { 'README.md': '# Mine\n', 'tsconfig.json': '{ "mine": true }\n', '.gitignore': 'mine\n' };
    for (const [path, text] of Object.entries(mine)) {
      writeFileSync(join(folder, path), text);
    }
    const { code, output } = await projenNew(folder, { from: from(), flags: ['--no-git', '--name', 'orders'] });
    expect(code).not.toBe(0);
    expect(output).toContain('folder: holds files that the service would overwrite: .gitignore, tsconfig.json');
    expect(leftovers(folder)).toEqual(Object.keys(mine).sort());
    expect(Object.fromEntries(Object.keys(mine).map((path) => [path, read(folder, path)]))).toEqual(mine);
  });
});

/** What is there besides what projen itself needs to load the project type. */
function leftovers(folder: string): string[] {
  return readdirSync(folder).filter((name) => !['node_modules', 'package.json', 'package-lock.json'].includes(name));
}
