import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(__dirname, '..', '..');
const golden = join(root, 'test', 'golden');
const workflows = [root, ...readdirSync(golden).map((service) => join(golden, service))]
  .map((folder) => join(folder, '.github', 'workflows'))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .map((path) => relative(root, path));

const gates: Record<string, (path: string) => string[]> = {
  actionlint: (path) => ['actionlint', '-shellcheck=', '-pyflakes=', path],
  zizmor: (path) => ['zizmor', '--offline', '--persona=pedantic', '--strict-collection', '--no-progress', path],
};

const scratch = mkdtempSync(join(tmpdir(), 'workflows-'));
afterAll(() => rmSync(scratch, { recursive: true }));

it('finds the workflows of the library and of the golden services', () => {
  expect(workflows).toEqual(
    expect.arrayContaining([
      '.github/workflows/ci.yml',
      '.github/workflows/release.yml',
      'test/golden/default/.github/workflows/ci.yml',
    ]),
  );
});

describe.each(Object.keys(gates))('%s', (gate) => {
  it.each(workflows)('accepts %s', (path) => {
    expect(verdict(gate, join(root, path))).toMatchObject({ passed: true });
  });
});

describe.each(workflows.filter((path) => path.endsWith('/ci.yml')))('of a broken %s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  it.each([
    ['an action without a pin', 'zizmor', 'unpinned-uses', /(actions\/checkout)@\S+.*/, '$1@v7'],
    ['credentials left in the checkout', 'zizmor', 'artipacked', 'persist-credentials: false', 'fetch-tags: false'],
    ['permissions for everything', 'zizmor', 'excessive-permissions', 'permissions: {}', 'permissions: write-all'],
    ['an expression in a script', 'zizmor', 'template-injection', / run: .+/, ' run: echo ${{ github.head_ref }}'],
    ['an unknown runner', 'actionlint', 'runner-label', /runs-on: .+/, 'runs-on: ubuntu-24.40'],
    ['an unknown context', 'actionlint', 'expression', 'github.ref', 'github.reff'],
    ['a job without steps', 'actionlint', 'syntax-check', / steps:/, ' stages:'],
  ])('%s is refused by %s', (_, gate, rule, healthy, broken) => {
    expectRefusal(text, gate, rule, healthy, broken);
  });
});

describe.each(workflows.filter((path) => path.endsWith('/config.yml')))('of a broken %s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');

  it.each([
    ['a secret from nowhere', 'actionlint', 'expression', '{{ secrets.', '{{ secret.'],
    ['a choice that is not asked for', 'actionlint', 'expression', 'inputs.environment ==', 'inputs.environments =='],
    ['a secret in a script', 'zizmor', 'template-injection', / run: .+/, ' run: echo ${{ vars.PUBLIC_URL }}'],
  ])('%s is refused by %s', (_, gate, rule, healthy, broken) => {
    expectRefusal(text, gate, rule, healthy, broken);
  });
});

describe.each(workflows.filter((path) => path.endsWith('every-store/.github/workflows/secrets.yml')))(
  'of a broken %s',
  (path) => {
    const text = readFileSync(join(root, path), 'utf8');

    it.each([
      ['a time that never comes', 'actionlint', 'events', 'cron: 23 5', 'cron: 63 5'],
      [
        'an identity for every job',
        'zizmor',
        'excessive-permissions',
        'permissions: {}',
        'permissions:\n  id-token: write',
      ],
      ['a token from nowhere', 'actionlint', 'expression', '{{ secrets.', '{{ secret.'],
    ])('%s is refused by %s', (_, gate, rule, healthy, broken) => {
      expectRefusal(text, gate, rule, healthy, broken);
    });
  },
);

function expectRefusal(text: string, gate: string, rule: string, healthy: string | RegExp, broken: string): void {
  const mutant = text.replace(healthy, broken);
  expect(mutant).not.toBe(text);
  const file = join(scratch, 'mutant.yml');
  writeFileSync(file, mutant);
  expect(verdict(gate, file)).toEqual({ passed: false, output: expect.stringContaining(rule) });
}

function verdict(gate: string, path: string): { passed: boolean; output: string } {
  const [command, ...args] = gates[gate]!(path);
  const { error, status, stdout, stderr } = spawnSync(command!, args, { encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(`${gate} did not run; "npx projen test:field" brings it along`, { cause: error });
  }
  return { passed: status === 0, output: stdout + stderr };
}
