import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const golden = join(__dirname, '..', 'golden');
const templates = readdirSync(golden)
  .map((service) => join(golden, service, 'infrastructure', 'aws'))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => relative(golden, join(folder, file))));

const scratch = mkdtempSync(join(tmpdir(), 'cloudformation-'));
afterAll(() => rmSync(scratch, { recursive: true }));

it('there are templates', () => {
  expect(templates.length).toBeGreaterThan(0);
});

it.each(templates)('cfn-lint accepts %s', (path) => {
  expect(verdict(join(golden, path))).toEqual({ passed: true, output: '' });
});

describe.each(templates.slice(0, 1))('of a broken %s', (path) => {
  const text = readFileSync(join(golden, path), 'utf8');

  it.each([
    ['a reference to nothing', 'Ref: Key\n', 'Ref: Kee\n', 'E1020'],
    ['an unknown property', 'EnableKeyRotation', 'EnableRotation', 'E3002'],
    ['an interval that is none', /AutomaticallyAfterDays: \d+/, 'AutomaticallyAfterDays: often', 'E3012'],
    ['an unknown kind of resource', 'AWS::SecretsManager::Secret\n', 'AWS::SecretsManager::Sekret\n', 'E3006'],
  ])('%s is refused', (_, healthy, broken, rule) => {
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    const file = join(scratch, 'mutant.yaml');
    writeFileSync(file, mutant);
    expect(verdict(file)).toEqual({ passed: false, output: expect.stringContaining(rule) });
  });
});

function verdict(path: string): { passed: boolean; output: string } {
  const { error, status, stdout, stderr } = spawnSync('cfn-lint', ['--regions', 'eu-west-1', '--', path], {
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new Error('cfn-lint did not run; "npx projen test:field" brings it along', { cause: error });
  }
  return { passed: status === 0, output: (stdout + stderr).trim() };
}
