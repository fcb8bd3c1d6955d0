import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { javascript, Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Delivery, type DeliveryOptions } from '../../src/delivery';
import { renderWorkflow } from '../../src/delivery/ci-workflow';
import { annotatePins, pinned } from '../../src/delivery/pinned-actions';
import { BackingService, Check, CheckStage, type Fact, SecretStore, Service } from '../../src/service';
import { permutations, serviceOf, variable } from '../service/support';
import { PLAIN } from '../support/host';
import { inFolder, synth, synthInto } from '../support/synth';

const check = (name: string, stages?: CheckStage[], task = name) =>
  new Check(name, { task, description: `The ${name} is fine`, stages });
const COMMIT = [CheckStage.COMMIT];

function delivered(facts: Fact[], options?: DeliveryOptions) {
  return (outdir: string) => deliver(new Project({ name: 'orders', outdir }), facts, options);
}

function deliver<T extends Project>(project: T, facts: Fact[], options?: DeliveryOptions): T {
  for (const fact of facts) {
    Service.of(project).state(fact);
    if (fact instanceof Check && !project.tasks.tryFind(fact.task)) {
      project.addTask(fact.task);
    }
  }
  new Delivery(project, options);
  return project;
}

/** A repository of two services. */
function monorepo(outdir: string): Project {
  const root = new Project({ name: 'root', outdir });
  for (const name of ['orders', 'billing']) {
    const child = new Project({ name, parent: root, outdir: `services/${name}` });
    deliver(child, [check(`${name}-lint`, COMMIT)]);
  }
  return root;
}

describe('the workflow', () => {
  const render = (facts: Fact[], more = {}) => renderWorkflow(serviceOf(facts), { folder: '', ...more }) as Workflow;

  test('runs each check of pull requests as a step of its own, all of them whatever fails', () => {
    const { steps } = render([
      check('lint'),
      check('types', [CheckStage.PULL_REQUEST]),
      check('scan', [CheckStage.RELEASE]),
    ]).jobs.checks;
    expect(steps.slice(-2)).toEqual([
      { name: 'The lint is fine', if: '${{ !cancelled() }}', run: 'npx projen lint' },
      { name: 'The types is fine', if: '${{ !cancelled() }}', run: 'npx projen types' },
    ]);
    expect(steps.map(({ run }) => run)).not.toContain('npx projen scan');
  });

  test('has no permission but to read, keeps no credentials and ends', () => {
    const workflow = render([]);
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.checks.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.checks['timeout-minutes']).toBe(20);
    expect(workflow.jobs.checks.steps[0]).toEqual({
      uses: pinned('actions/checkout'),
      with: { 'fetch-depth': 0, 'persist-credentials': false },
    });
  });

  test('pins each action to a commit and says which version that is', () => {
    const file = synth(delivered([]))['.github/workflows/ci.yml'] ?? '';
    const uses = file.split('\n').filter((line) => line.includes('uses:'));
    expect(uses).toHaveLength(2);
    for (const line of uses) {
      expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    expect(() => pinned('evil/action')).toThrow(
      'evil/action is not pinned: add it to assets/delivery/action-pins.json',
    );
    expect(annotatePins('uses: evil/action@0000000000000000000000000000000000000000')).not.toContain('#');
  });

  test('notices generated files that are changed or missing from Git', () => {
    expect(render([]).jobs.checks.steps.map(({ run }) => run)).toContain(
      'npx projen && git add --intent-to-add . && git diff --exit-code',
    );
  });

  test('runs on the branch and the Node versions it is told', () => {
    const workflow = render([], { defaultBranch: 'trunk', nodeVersions: ['20', '24'] });
    expect(workflow.on).toEqual({ pull_request: {}, push: { branches: ['trunk'] } });
    expect(workflow.jobs.checks.strategy.matrix.node).toEqual(['20', '24']);
    expect(render([]).on.push).toEqual({ branches: ['main'] });
  });

  test('starts the database that does not come from npm', () => {
    const url = variable('DATABASE_URL', { secret: true });
    const names = (...facts: Fact[]) => render(facts).jobs.checks.steps.map(({ name }) => name);
    expect(names(BackingService.mysql({ urlVariable: 'DATABASE_URL' }), url)).toContain('Start MySQL');
    expect(names(BackingService.postgresql({ urlVariable: 'DATABASE_URL' }), url)).not.toContain('Start MySQL');
  });

  test('of a service in a monorepo stands at the root and works in the folder of the service', () => {
    const files = synth(monorepo);
    const file = files['.github/workflows/ci-orders.yml'] ?? '';
    expect(files).toHaveProperty(['.github/workflows/ci-billing.yml']);
    expect(file).toContain('working-directory: services/orders');
    expect(file).toContain('npx projen && git add');
    const workflow = parse(file) as Workflow;
    expect(workflow.on.pull_request).toEqual({ paths: ['services/orders/**', '.projenrc.*', 'package-lock.json'] });
    expect(workflow.jobs.checks.steps.map(({ name }) => name)).not.toContain('Install what is at the root');
  });

  test('of a service in a monorepo installs the root first, which has projen', () => {
    const files = synth((outdir) => {
      const root = new javascript.NodeProject({ ...PLAIN, outdir });
      deliver(new Project({ name: 'orders', parent: root, outdir: 'services/orders' }), []);
      return root;
    });
    const { steps } = (parse(files['.github/workflows/ci-orders.yml']!) as Workflow).jobs.checks;
    expect(steps.filter(({ run }) => run === 'npm ci')).toEqual([
      { name: 'Install what is at the root', 'working-directory': '.', run: 'npm ci' },
      { name: 'Install', run: 'npm ci' },
    ]);
  });

  test('can be overridden', () => {
    const file = synth((outdir) => {
      const project = delivered([])(outdir);
      project.tryFindObjectFile('.github/workflows/ci.yml')?.addOverride('jobs.checks.timeout-minutes', 5);
      return project;
    })['.github/workflows/ci.yml'];
    expect(file).toContain('timeout-minutes: 5');
  });

  test('does not depend on the order checks are stated in', () => {
    const results = permutations([check('a', COMMIT), check('b'), check('c', COMMIT)]).map((order) => {
      const { '.github/workflows/ci.yml': workflow, '.githooks/pre-commit': hook } = synth(delivered(order));
      return `${workflow}${hook}`;
    });
    expect(new Set(results).size).toBe(1);
  });
});

describe('the schedule that looks for overdue secrets', () => {
  const store = (name: string, storeKind: string, settings: Record<string, string> = {}, environment = 'prod') =>
    new SecretStore(name, { environment, storeKind, title: name, settings });
  const text = (...stores: SecretStore[]) => {
    const files = synth((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      project.addTask('secrets:check');
      return deliver(project, stores);
    });
    return files['.github/workflows/secrets.yml'];
  };
  const workflow = (...stores: SecretStore[]) => {
    const file = text(...stores);
    return file === undefined ? undefined : (parse(file) as Scheduled);
  };
  const AWS = store('aws', 'aws-secrets-manager', { auditRole: 'arn:aws:iam::123456789012:role/audit' });
  const GITHUB = store('github', 'github-actions', { auditToken: 'AUDIT' });

  test('has a job for each environment, with the rights that its stores need and no others', () => {
    const { on, permissions, jobs } = workflow(AWS, GITHUB, store('sops', 'sops', {}, 'staging'))!;
    expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* 1-5$/) }]);
    expect(permissions).toEqual({});
    expect(Object.keys(jobs)).toEqual(['staging', 'prod']);
    expect(jobs.prod!.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(jobs.prod!.steps.at(-1)).toEqual({
      name: 'No secret is overdue',
      env: { GH_TOKEN: '${{ secrets.AUDIT }}' },
      run: 'npx projen secrets:check prod',
    });
    expect(jobs.staging!.permissions).toEqual({ contents: 'read' });
    // The history is what tells the age of an encrypted entry.
    expect(jobs.staging!.steps[0]).toMatchObject({ with: { 'fetch-depth': 0 } });
    expect(jobs.staging!.steps.at(-1)).not.toHaveProperty('env');
    expect(JSON.stringify(jobs)).not.toContain('"environment"');
  });

  test('names the environments it does not ask', () => {
    const vault = store('vault', 'vault', { address: 'https://vault' }, 'staging');
    expect(text(AWS, vault)).toContain(
      '# Not asked, since a store there has no audit or auditToken: staging.\njobs:\n',
    );
    expect(text(AWS)).not.toContain('Not asked');
  });

  test('leaves out environments whose stores it may not ask, and those that have none', () => {
    expect(workflow(store('aws', 'aws-secrets-manager', { region: 'eu-west-1' }))).toBeUndefined();
    expect(workflow(AWS, store('vault', 'vault', { address: 'https://vault' }))).toBeUndefined();
    expect(workflow(store('github', 'github-actions'))).toBeUndefined();
    expect(workflow(store('platform', 'platform'))).toBeUndefined();
    expect(workflow(AWS, store('platform', 'platform'))).toBeDefined();
  });
});

describe('a check', () => {
  test('of a task the project does not have is refused', () => {
    const factory = (outdir: string) => {
      const project = new Project({ name: 'orders', outdir });
      new Delivery(project);
      Service.of(project).state(check('types', undefined, 'typecheck'));
      return project;
    };
    expect(() => synth(factory)).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 1 problem; nothing was written

        1. check types (stated by .projenrc.ts): runs a task the project does not have (got "typecheck")
           fix: add the task with project.addTask('typecheck'), or correct the name
      ]
    `);
  });
});

describe('delivery', () => {
  test('is found again', () => {
    inFolder((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      expect(Delivery.of(project)).toBeUndefined();
      const delivery = new Delivery(project);
      expect(Delivery.of(project)).toBe(delivery);
    });
  });

  test('hooks into Git with npm install, where there is npm', () => {
    const files = synth((outdir) =>
      deliver(new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' }), []),
    );
    expect(JSON.parse(files['package.json'] ?? '').scripts.prepare).toBe(
      `node --eval "fs.existsSync('.git') && child_process.spawnSync('git', ['config', 'core.hooksPath', '.githooks'])"`,
    );
    expect(synth(delivered([]))).not.toHaveProperty(['package.json']);
  });
});

describe('the pre-commit hook', () => {
  const facts = [check('a-lint', COMMIT), check('b-types', COMMIT), check('c-tests')];

  test('runs the quick checks and lets a commit pass', () => {
    inRepository(delivered(facts), ({ commit, ran }) => {
      expect(commit()).toBe(0);
      expect(ran()).toEqual(['. a-lint', '. b-types']);
    });
  });

  test('blocks a commit at the first check that fails', () => {
    inRepository(delivered(facts), ({ commit, ran, commits }) => {
      expect(commit({ FAILING: 'a-lint' })).not.toBe(0);
      expect(ran()).toEqual(['. a-lint']);
      expect(commits()).toBe(0);
      expect(commit({ FAILING: 'b-types' })).not.toBe(0);
      expect(commits()).toBe(0);
      expect(commit({ FAILING: 'c-tests' })).toBe(0);
      expect(commits()).toBe(1);
    });
  });

  test('runs the checks of each service of a monorepo in its folder', () => {
    inRepository(monorepo, ({ commit, ran }) => {
      expect(commit()).toBe(0);
      expect(ran()).toEqual(['services/billing billing-lint', 'services/orders orders-lint']);
      expect(commit({ FAILING: 'orders-lint' })).not.toBe(0);
    });
  });

  test('passes where there is nothing to check', () => {
    inRepository(delivered([]), ({ commit }) => expect(commit()).toBe(0));
  });
});

interface Workflow {
  readonly on: { readonly pull_request: object; readonly push: object };
  readonly permissions: object;
  readonly jobs: {
    readonly checks: {
      readonly permissions: object;
      readonly 'timeout-minutes': number;
      readonly strategy: { readonly matrix: { readonly node: string[] } };
      readonly steps: Array<{ readonly name?: string; readonly run?: string }>;
    };
  };
}

interface Repository {
  /** Commits everything and returns the exit code. */
  commit(env?: Record<string, string>): number;
  /** The folder and task of each check that ran since the last look. */
  ran(): string[];
  commits(): number;
}

/** A real Git repository around a synthesized project, with an `npx` that notes what it is asked to run. */
function inRepository(factory: (outdir: string) => Project, body: (repository: Repository) => void): void {
  inFolder((folder) => {
    const repository = join(folder, 'with blanks');
    const bin = join(folder, 'bin');
    const log = join(folder, 'log');
    mkdirSync(repository);
    mkdirSync(bin);
    writeFileSync(log, '');
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\n[ "$1" = projen ] || exit 9\necho "\${PWD#"${repository}"} $2" >> "${log}"\n[ "$2" != "\${FAILING:-}" ]\n`,
    );
    chmodSync(join(bin, 'npx'), 0o755);
    synthInto(repository, factory);
    const env = {
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.com',
    };
    const git = (args: string[], more = {}) => spawnSync('git', args, { cwd: repository, env: { ...env, ...more } });
    git(['init', '--quiet']);
    git(['config', '--local', 'core.hooksPath', '.githooks']);
    git(['add', '--all']);
    let seen = 0;
    body({
      commit: (more) => git(['commit', '--quiet', '--allow-empty', '--message', 'x'], more).status ?? -1,
      commits: () => Number(`${git(['rev-list', '--count', '--all']).stdout}`),
      ran: () => {
        const lines = execFileSync('cat', [log], { encoding: 'utf8' }).split('\n').filter(Boolean);
        const fresh = lines.slice(seen).map((line) => line.replace(/^\//, '').replace(/^ /, '. '));
        seen = lines.length;
        return fresh;
      },
    });
  });
}

/** A workflow as far as the tests look at it. */
interface Scheduled {
  readonly on: { readonly schedule: unknown };
  readonly permissions: object;
  readonly jobs: Record<string, { readonly permissions: object; readonly steps: object[] }>;
}
