import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { GithubStoreOptions } from '../../tools/secrets-github/store.js';
import { ScratchProject } from './scratch-project.js';

const CANARY = 'c4n4ry-value\nof two lines';

/**
 * Stands for GitHub's command line, which no registry has: it keeps what it is given in a file, and records how it was called.
 * What it prints and how it exits follows GitHub's manual and API.
 */
const GH = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const state = JSON.parse(readFileSync('github.json', 'utf8'));
const fail = (code, text) => { process.stderr.write(text); process.exit(code); };
const [noun, verb, name] = args;
const input = verb === 'set' ? readFileSync(0, 'utf8') : undefined;
appendFileSync('calls.jsonl', JSON.stringify({ args, input }) + '\\n');
if (state.loggedOut) fail(4, 'To get started with GitHub CLI, please run:  gh auth login');
if (noun === 'api') {
  const [, , , about, name, more] = args[1].split('?')[0].split('/');
  if (about === 'branches') {
    process.stdout.write(JSON.stringify((state.protectedBranches ?? ['main']).map((name) => ({ name, protected: true }))));
  } else {
    const environment = state.environments[decodeURIComponent(name)];
    if (!environment) fail(1, 'gh: Not Found (HTTP 404)');
    const names = (state.patterns ?? []).map((name, id) => ({ id, name, type: 'branch' }));
    const policies = { total_count: names.length, branch_policies: names };
    process.stdout.write(JSON.stringify(more === undefined ? environment.settings : policies));
  }
} else {
  const environment = state.environments[args[args.indexOf('--env') + 1]];
  if (!environment) fail(1, 'HTTP 404: Not Found');
  if (state.forbidden) fail(1, 'HTTP 403: Resource not accessible by personal access token');
  if (name === state.failsAt) fail(1, 'HTTP 502: Server Error');
  if (verb === 'list') {
    process.stdout.write(JSON.stringify(Object.entries(environment.secrets).map(([name, updatedAt]) => ({ name, updatedAt }))));
  } else if (noun === 'secret') {
    environment.secrets[name] = new Date().toISOString();
    writeFileSync('github.json', JSON.stringify(state));
  }
}
`;

const PROTECTED = {
  deployment_branch_policy: { protected_branches: true },
  protection_rules: [{ type: 'required_reviewers' }],
};

describe('GitHub', { timeout: 30_000 }, () => {
  const project = new ScratchProject(['secrets-github'], { CI: '' });
  project.write('bin/package.json', '{"type": "commonjs"}');
  project.write('bin/gh', GH);
  chmodSync(project.path('bin/gh'), 0o755);
  const PATH = `${project.path('bin')}:${process.env['PATH']}`;

  const declare = (more: Partial<GithubStoreOptions> = {}) => {
    const options: GithubStoreOptions = {
      environment: 'prod',
      githubEnvironment: 'orders prod',
      secrets: ['API_KEY', 'OTHER_KEY', 'SPARE_KEY'],
      optional: ['SPARE_KEY'],
      variables: ['PUBLIC_URL'],
      approved: true,
      ...more,
    };
    project.write(
      'tools/secret-stores.ts',
      `import { githubStore } from './secrets-github/store.js';\nexport const stores = { prod: [githubStore(${JSON.stringify(options)})] };\n`,
    );
  };
  const github = (settings: object | undefined, secrets: object = {}, more: object = {}) => {
    const environments = settings === undefined ? {} : { 'orders prod': { settings, secrets } };
    project.write('github.json', JSON.stringify({ environments, ...more }));
    project.write('calls.jsonl', '');
  };
  const calls = () =>
    readFileSync(project.path('calls.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { args: string[]; input?: string });
  const writes = () => calls().filter(({ args }) => args[1] === 'set');
  const push = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
    project.tool('secrets-github/cli', ['push', 'prod', ...args], { PATH, ...env });
  const given = () => {
    project.write('in/API_KEY', `${CANARY}\n`);
    project.write('in/OTHER_KEY', 'other');
    return ['--from', 'in'];
  };

  beforeEach(() => {
    declare();
    github(PROTECTED);
    project.run('rm', ['-rf', 'in']);
  });
  afterAll(() => project.remove());

  it('is given each secret of the environment, on standard input and nowhere else', () => {
    github(PROTECTED, { API_KEY: '2026-01-01T00:00:00Z' });
    const { status, stdout, stderr } = push(given(), { PUBLIC_URL: 'https://orders.example' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'replaces the secret API_KEY',
      'adds the secret OTHER_KEY',
      'sets the variable PUBLIC_URL',
      "GitHub's environment orders prod has 3 secrets.",
      '',
    ]);
    expect(writes()).toEqual([
      { args: ['secret', 'set', 'API_KEY', '--env', 'orders prod'], input: CANARY },
      { args: ['secret', 'set', 'OTHER_KEY', '--env', 'orders prod'], input: 'other' },
      { args: ['variable', 'set', 'PUBLIC_URL', '--env', 'orders prod'], input: 'https://orders.example' },
    ]);
  });

  it('takes the files that secrets:run leaves to a command, too', () => {
    given();
    const env = { API_KEY_FILE: project.path('in/API_KEY'), OTHER_KEY_FILE: project.path('in/OTHER_KEY') };
    expect(push([], env).status).toBe(0);
    expect(writes().map(({ input }) => input)).toEqual([CANARY, 'other']);
  });

  it('is only told of by a dry run, by names', () => {
    github(PROTECTED, { API_KEYS: '2026-01-01T00:00:00Z', AWS_ROLE: '2026-01-01T00:00:00Z' });
    const { status, stdout, stderr } = push([...given(), '--dry-run'], { PUBLIC_URL: 'https://orders.example' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'GitHub has API_KEYS as well, which this service does not declare; did you mean API_KEY?',
      'GitHub has AWS_ROLE as well, which this service does not declare.',
      'adds the secret API_KEY',
      'adds the secret OTHER_KEY',
      'sets the variable PUBLIC_URL',
      '',
    ]);
    expect(writes()).toEqual([]);
  });

  it.each([
    ['that is not there', undefined, 'GitHub has no environment orders prod.'],
    ['that every branch can deploy to', { ...PROTECTED, deployment_branch_policy: null }, 'Every branch can deploy to'],
    ['that nobody approves', { ...PROTECTED, protection_rules: [] }, 'Nobody has to approve what is deployed'],
  ])('gets nothing into an environment %s', (_, settings, message) => {
    github(settings);
    const { status, stderr } = push(given());
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
    expect(writes()).toEqual([]);
    expect(push([...given(), '--dry-run'])).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });

  const CUSTOM = {
    ...PROTECTED,
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  };
  it.each([
    ['protected branches, and there are none', PROTECTED, { protectedBranches: [] }, 'no branch is protected'],
    ['names like *', CUSTOM, { patterns: ['main', '*'] }, 'it is limited to names like *.'],
    ['names like **/*', CUSTOM, { patterns: ['**/*'] }, 'it is limited to names like **/*.'],
  ])('gets nothing into an environment that is limited to %s', (_, settings, more, message) => {
    github(settings, {}, more);
    const { status, stderr } = push(given());
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
    expect(stderr).toContain("Every branch can deploy to GitHub's environment orders prod, and so read its secrets:");
    expect(writes()).toEqual([]);
  });

  it('gets something into an environment that names its branches', () => {
    github(CUSTOM, {}, { patterns: ['main', 'release/*'] });
    expect(push(given())).toMatchObject({ status: 0, stderr: '' });
  });

  it('says where it stopped when one of several is not taken, and is complete when it runs again', () => {
    github(PROTECTED, {}, { failsAt: 'SPARE_KEY' });
    project.write('in/SPARE_KEY', 'spare');
    const env = { PUBLIC_URL: 'https://orders.example' };
    const { status, stderr } = push(given(), env);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'SPARE_KEY was not written: "gh secret set" stopped with code 1. Run it yourself to see why. Written before it: API_KEY, OTHER_KEY. Not written yet: PUBLIC_URL. Run it again: it writes all of them anew.\n',
    });
    const { environments } = JSON.parse(readFileSync(project.path('github.json'), 'utf8'));
    expect(Object.keys(environments['orders prod'].secrets)).toEqual(['API_KEY', 'OTHER_KEY']);
    github(PROTECTED, environments['orders prod'].secrets);
    expect(push(given(), env).status).toBe(0);
    expect(writes().map(({ args }) => args[2])).toEqual(['API_KEY', 'OTHER_KEY', 'SPARE_KEY', 'PUBLIC_URL']);
  });

  it('gets nothing where one of several would not be taken as it is', () => {
    const args = given();
    project.write('in/OTHER_KEY', 'ends with two\n\n');
    project.write('in/SPARE_KEY', 'x'.repeat(49_153));
    const { status, stderr } = push(args);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'OTHER_KEY ends with a line break, which gh would cut off. Take it off yourself if it means nothing.\nSPARE_KEY is larger than the 48 KB that GitHub takes. Keep it in another store.\n',
    });
    expect(writes()).toEqual([]);
  });

  it('may be left unprotected for a reason', () => {
    declare({ approved: false, unprotected: 'the plan has no protection rules' });
    github({ deployment_branch_policy: null, protection_rules: [] });
    expect(push(given()).status).toBe(0);
  });

  it('gets nothing while something is missing', () => {
    project.write('in/API_KEY', '');
    const { status, stderr } = push(['--from', 'in']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'The file of API_KEY is empty.',
      'OTHER_KEY is neither given nor in GitHub yet. Set OTHER_KEY_FILE to the path of its file, or use --from.',
    ]);
    expect(writes()).toEqual([]);
    // What GitHub has already need not be given again.
    project.write('in/API_KEY', 'new');
    github(PROTECTED, { OTHER_KEY: '2026-01-01T00:00:00Z' });
    expect(push(['--from', 'in']).status).toBe(0);
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['is not logged in', { loggedOut: true }, 'gh is not logged in. Run "gh auth login".'],
    ['has no right', { forbidden: true }, 'gh has no right to do that.'],
  ])('says when gh %s', (_, more, message) => {
    github(PROTECTED, {}, more);
    expect(push(given())).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });

  it('says when there is no gh', () => {
    const { status, stderr } = push(given(), { PATH: '/nowhere' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'gh is not installed. Install it from https://cli.github.com.\n',
    });
  });

  it('refuses an unknown environment and an unknown switch', () => {
    const tool = (...args: string[]) => project.tool('secrets-github/cli', args, { PATH });
    expect(tool('push', 'stagin').stderr).toBe('Name an environment whose secrets GitHub keeps: prod.\n');
    expect(tool('push', 'prod', '--dryrun')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("'--dryrun'"),
    });
    expect(calls()).toEqual([]);
  });

  describe('in a workflow', () => {
    const list = project.path('github-env');
    const bind = (env: NodeJS.ProcessEnv) => {
      project.write('github-env', '');
      project.run('rm', ['-rf', 'runner']);
      project.write('runner/x', '');
      return project.tool('secrets-github/cli', ['bind', 'prod'], {
        GITHUB_ENV: list,
        RUNNER_TEMP: project.path('runner'),
        ...env,
      });
    };
    const ALL = { API_KEY: CANARY, OTHER_KEY: 'other', SPARE_KEY: '', PUBLIC_URL: 'https://orders.example' };

    /** As the runner reads it. */
    const exported = () => {
      const found = readFileSync(list, 'utf8').matchAll(/^(\w+)<<(.+)\n([\s\S]*?)\n\2$/gm);
      return Object.fromEntries([...found].map(([, name, , value]) => [name ?? '', value ?? '']));
    };

    it('leaves the secrets to later steps as files, and what is no secret as variables', () => {
      project.write('.env.prod', "PAGE_SIZE=50\nPUBLIC_NAME='Orders\nand more'\n# API_KEY: secret\n");
      expect(bind(ALL)).toMatchObject({ status: 0, stderr: '', stdout: '' });
      const folder = join(project.path('runner'), 'secrets-prod');
      expect(exported()).toEqual({
        APP_ENV: 'prod',
        PAGE_SIZE: '50',
        PUBLIC_NAME: 'Orders\nand more',
        PUBLIC_URL: 'https://orders.example',
        API_KEY_FILE: join(folder, 'API_KEY'),
        OTHER_KEY_FILE: join(folder, 'OTHER_KEY'),
      });
      expect(readFileSync(join(folder, 'API_KEY'), 'utf8')).toBe(CANARY);
      expect(statSync(join(folder, 'API_KEY')).mode & 0o777).toBe(0o400);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(existsSync(join(folder, 'SPARE_KEY'))).toBe(false);
      expect(readFileSync(list, 'utf8')).not.toContain('c4n4ry');
    });

    it('stops a job whose environment lacks something', () => {
      const { status, stderr } = bind({ ...ALL, OTHER_KEY: '', PUBLIC_URL: '' });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr:
          "GitHub's environment orders prod has no OTHER_KEY, PUBLIC_URL. Use secrets:push prod, and see that the job names the environment.\n",
      });
      expect(readFileSync(list, 'utf8')).toBe('');
    });

    it('is for workflows only', () => {
      expect(project.tool('secrets-github/cli', ['bind', 'prod'], ALL)).toMatchObject({
        status: 1,
        stderr: 'secrets:bind is for a step of a GitHub workflow.\n',
      });
    });
  });

  it('tells how old a secret is, and takes a new one, for those who rotate', async () => {
    github(PROTECTED, { API_KEY: '2026-01-02T03:04:05Z' });
    project.write(
      'tools/rotate.ts',
      `import { stores } from './secret-stores.js';
const [store] = stores.prod;
console.log(JSON.stringify([await store.describe('API_KEY'), await store.describe('OTHER_KEY') ?? null]));
await store.write('OTHER_KEY', 'new');
await store.write('OTHER_KEY', 'new\\n').catch(({ message }) => console.log(message));
`,
    );
    const { stdout } = project.tool('rotate', [], { PATH });
    expect(stdout.split('\n')).toEqual([
      '[{"changedAt":"2026-01-02T03:04:05.000Z"},null]',
      'OTHER_KEY ends with a line break, which gh would cut off. Take it off yourself if it means nothing.',
      '',
    ]);
    expect(writes()).toEqual([{ args: ['secret', 'set', 'OTHER_KEY', '--env', 'orders prod'], input: 'new' }]);
  });
});
