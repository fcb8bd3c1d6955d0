import { describe, expect, test } from 'vitest';
import { flagProblems } from '../../src/projects/flag-problems';

const problems = (...args: string[]) =>
  flagProblems(['node', 'projen', 'new', ...args]).map(({ place, fix }) => `${place}: ${fix}`);

describe('a flag of projen new', () => {
  test('that is misspelt is named, with the one that was meant', () => {
    expect(problems('--databse', 'sqlite', '--no-exmaple', '--Name=orders')).toEqual([
      '--databse: write --database',
      '--no-exmaple: write --no-example',
      '--Name: write --name',
    ]);
  });

  test.each([
    [
      '--from',
      '@riso/projen',
      '--projen-version',
      '0.103.0',
      '--no-git',
      '--no-synth',
      '--no-post',
      '--no-comments',
      '--debug',
    ],
    ['--name', 'orders', '--description=--databse', '--database', 'sqlite', '--no-example', '--outdir', 'orders'],
  ])('that is right passes: %s …', (...args) => {
    expect(problems(...args)).toEqual([]);
  });
});
