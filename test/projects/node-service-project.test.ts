import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonFile, Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { Database, type FastifyServerOptions, NodeServiceProject, type NodeServiceProjectOptions } from '../../src';
import { filesIn, inFolder, synth, synthInto } from '../support/synth';

const service = (options: Partial<NodeServiceProjectOptions> = {}) =>
  synth((outdir) => new NodeServiceProject({ name: 'orders', ...options, outdir }));

const manifest = (files: Record<string, string>) => JSON.parse(files['package.json']!);

/** What synthesis refuses with, and proof that it wrote nothing. */
function refusal(options: Partial<NodeServiceProjectOptions>): string {
  return inFolder((outdir) => {
    let message = '';
    try {
      synthInto(outdir, () => new NodeServiceProject({ name: 'orders', ...options, outdir }));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(readdirSync(outdir)).toEqual([]);
    return message;
  });
}

describe('options that cannot be', () => {
  test('a database nobody knows', () => {
    expect(refusal({ database: 'oracle' as Database })).toMatchInlineSnapshot(`
      "service "orders" has 1 problem; nothing was written

        1. database: must be one of postgresql, mysql, sqlite, none (got "oracle")
           fix: choose one of them
      "
    `);
  });

  test('a flag with an unknown value, which projen passes on as undefined', () => {
    expect(refusal({ database: undefined })).toContain('database: must be one of postgresql, mysql, sqlite, none');
  });

  test('an example without a database to keep its orders in', () => {
    expect(refusal({ database: Database.NONE, example: true })).toMatchInlineSnapshot(`
      "service "orders" has 1 problem; nothing was written

        1. example: the example is an order service, which keeps its orders in a database, but database is none
           fix: choose a database, or drop example
      "
    `);
  });

  test.each(['Orders', 'my orders', '1st', 'orders-', 'a'.repeat(41)])('the name "%s"', (name) => {
    expect(refusal({ name })).toContain(`(got "${name}")`);
  });

  test('are reported all at once', () => {
    const message = refusal({ name: 'My Orders', database: 'oracle' as Database, web: { port: 70_000 } });
    expect(message).toContain('has 3 problems; nothing was written');
  });
});

describe('what is switched off leaves no trace', () => {
  test('database', () => {
    const files = service({ database: Database.NONE });
    expect(Object.keys(files).filter((path) => /prisma|tools\/database|migrations|database/.test(path))).toEqual([]);
    // Where the compiler and the linter look for code, there may be none.
    // Traces of statements are taken where the client is found, and nothing is loaded where it is not.
    const configurations = ['biome.jsonc', 'tsconfig.json', 'src/platform/telemetry/tracing/statements.ts'];
    const mentions = Object.keys(files).filter((path) => /prisma|DATABASE_URL/i.test(files[path]!));
    expect(mentions.filter((path) => !configurations.includes(path))).toEqual([]);
  });

  test('delivery', () => {
    const files = service({ delivery: { enabled: false } });
    expect(Object.keys(files).filter((path) => /^\.git(hub|hooks)\//.test(path))).toEqual([]);
    expect(manifest(files).scripts).not.toHaveProperty('prepare');
  });

  test('guides', () => {
    expect(Object.keys(service({ guides: { enabled: false } })).filter((path) => path.startsWith('docs/'))).toEqual([]);
  });

  test('example', () => {
    const files = service({ example: false });
    expect(
      Object.keys(files).filter((path) => /^(src|test|prisma\/migrations)\//.test(path) && !/platform/.test(path)),
    ).toEqual(['src/app.ts', 'src/main.ts', 'src/routes/hello.ts', 'test/hello.test.ts', 'test/support/service.ts']);
  });
});

describe('options', () => {
  test('deps and devDeps add to those of the platform', () => {
    const { dependencies, devDependencies } = manifest(service({ deps: ['stripe@^20'], devDeps: ['msw@^2'] }));
    expect(dependencies).toMatchObject({ stripe: '^20', fastify: expect.any(String) });
    expect(devDependencies).toMatchObject({ msw: '^2', vitest: expect.any(String) });
  });

  test('web reaches the HTTP server', () => {
    const web: FastifyServerOptions = { port: 8080, publicProbes: true };
    expect(service({ web })['.env.example']).toContain('8080');
  });

  test('delivery reaches the workflow', () => {
    const workflow = service({ delivery: { defaultBranch: 'trunk', nodeVersions: ['22', '24'] } })[
      '.github/workflows/ci.yml'
    ];
    expect(workflow).toContain('- trunk');
    expect(workflow).toMatch(/node:\n\s+- "22"\n\s+- "24"/);
  });
});

describe('escape hatches', () => {
  test('structured files can be overridden, where the declaration ends', () => {
    const files = synth((outdir) => {
      const project = new NodeServiceProject({ name: 'orders', outdir });
      project.tryFindObjectFile('.github/workflows/ci.yml')?.addOverride('jobs.checks.timeout-minutes', 45);
      project.tryFindObjectFile('tsconfig.json')?.addOverride('compilerOptions.noUnusedLocals', false);
      project.tryFindObjectFile('biome.jsonc')?.addDeletionOverride('formatter.lineWidth');
      return project;
    });
    expect(files['.github/workflows/ci.yml']).toContain('timeout-minutes: 45');
    expect(files['tsconfig.json']).toContain('"noUnusedLocals": false');
    expect(files['biome.jsonc']).not.toContain('lineWidth');
  });

  test('tasks are projen’s own', () => {
    const files = synth((outdir) => {
      const project = new NodeServiceProject({ name: 'orders', outdir });
      project.tasks.tryFind('lint')?.exec('echo linted');
      return project;
    });
    expect(files['.projen/tasks.json']).toContain('echo linted');
  });
});

test('a file has one owner', () => {
  const twice = () =>
    synth((outdir) => {
      const project = new NodeServiceProject({ name: 'orders', outdir });
      new JsonFile(project, 'tsconfig.json', { obj: {} });
      return project;
    });
  expect(twice).toThrow(/tsconfig\.json/);
});

describe('a monorepo', () => {
  const monorepo = (outdir: string, shipping: Partial<NodeServiceProjectOptions> = {}) => {
    const root = new Project({ name: 'shop', outdir });
    new NodeServiceProject({ name: 'orders', parent: root, outdir: 'services/orders' });
    new NodeServiceProject({ name: 'shipping', parent: root, outdir: 'services/shipping', ...shipping });
    return root;
  };

  test('has the services in their folders, and workflows and hook at its root', () => {
    const files = Object.keys(synth((outdir) => monorepo(outdir)));
    for (const name of ['orders', 'shipping']) {
      expect(files).toEqual(
        expect.arrayContaining([
          `services/${name}/src/main.ts`,
          `services/${name}/package.json`,
          `.github/workflows/ci-${name}.yml`,
        ]),
      );
    }
    expect(files).toContain('.githooks/pre-commit');
    expect(files.filter((path) => /^services\/\w+\/(\.githooks|\.github|\.projenrc)/.test(path))).toEqual([]);
  });

  test('runs the checks of each service in its folder', () => {
    const files = synth((outdir) => monorepo(outdir));
    expect(files['.github/workflows/ci-orders.yml']).toContain('working-directory: services/orders');
    expect(files['.githooks/pre-commit']).toContain('cd "$top/services/orders"');
    expect(files['.githooks/pre-commit']).toContain('cd "$top/services/shipping"');
  });

  test('writes nothing anywhere when one service contradicts itself', () => {
    inFolder((outdir) => {
      const twoProblems = { database: Database.NONE, example: true, name: 'My Shipping' };
      expect(() => synthInto(outdir, () => monorepo(outdir, twoProblems))).toThrow(
        'service "My Shipping" has 2 problems',
      );
      expect(filesIn(outdir)).toEqual({});
    });
  });

  test('keeps what was there when one service begins to contradict itself', () => {
    inFolder((outdir) => {
      const before = synthInto(outdir, monorepo);
      expect(() => synthInto(outdir, () => monorepo(outdir, { database: Database.NONE, example: true }))).toThrow();
      expect(filesIn(outdir)).toEqual(before);
    });
  });
});

describe('what projen new finds in the folder', () => {
  const FROM_PROJEN = { dependencies: { projen: '^0.103.0', '@riso/projen': '^1.0.0' } };

  const bornOver = (outdir: string, files: Record<string, string>) => {
    mkdirSync(join(outdir, 'docs'));
    for (const [path, text] of Object.entries(files)) {
      writeFileSync(join(outdir, path), text);
    }
    return synthInto(outdir, () => {
      const project = new NodeServiceProject({ name: 'orders', outdir });
      const type = { pjid: 'node-service', moduleName: '@riso/projen' };
      const init = { type, fqn: '@riso/projen.NodeServiceProject', args: {} };
      Object.defineProperty(project, '_initProject', { value: init });
      return project;
    });
  };

  test.each<[string, Record<string, string>]>([
    ['docs/README.md', { 'docs/README.md': 'mine', 'package.json': JSON.stringify(FROM_PROJEN) }],
    ['package.json', { 'package.json': JSON.stringify({ ...FROM_PROJEN, name: 'legacy' }) }],
    ['package.json', { 'package.json': JSON.stringify({ dependencies: { projen: '*', express: '^5' } }) }],
  ])('and would overwrite stops it: %s', (path, files) => {
    inFolder((outdir) => {
      expect(() => bornOver(outdir, files)).toThrow(`folder: holds files that the service would overwrite: ${path}\n`);
      expect(filesIn(outdir)).toEqual(files);
    });
  });

  test('because projen installed itself there is no matter', () => {
    inFolder((outdir) => {
      expect(bornOver(outdir, { 'package.json': JSON.stringify(FROM_PROJEN) })).toHaveProperty(['src/app.ts']);
    });
  });
});
