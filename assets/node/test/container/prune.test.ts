import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../tools/container/prune.js';

const PRUNE = join(import.meta.dirname, '../../tools/container/prune.ts');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prune-'));
  file('dist/main.js', 'import "@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs"');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('of the packages, production keeps', () => {
  test('what dependencies lead to, also nested ones and those of a scope', () => {
    manifest('.', { dependencies: { a: '1', '@scope/b': '1' } });
    manifest('node_modules/a', { dependencies: { c: '1' } });
    manifest('node_modules/a/node_modules/c');
    manifest('node_modules/@scope/b', { optionalDependencies: { d: '1', 'of-another-platform': '1' } });
    manifest('node_modules/d');
    expect(prune(root, join(root, 'dist'))).toEqual({ packages: 4 });
    expect(['a/node_modules/c', '@scope/b', 'd'].filter(isGone)).toEqual([]);
  });

  test('a peer that is required, and not one that is optional', () => {
    manifest('.', { dependencies: { client: '1' } });
    manifest('node_modules/client', {
      peerDependencies: { driver: '*', cli: '*' },
      peerDependenciesMeta: { cli: { optional: true } },
    });
    for (const name of ['driver', 'cli']) manifest(`node_modules/${name}`);
    prune(root, join(root, 'dist'));
    expect(['driver', 'cli'].filter(isGone)).toEqual(['cli']);
  });

  test('a package that is an optional peer of one and a dependency of another', () => {
    manifest('.', { dependencies: { client: '1', tool: '1' } });
    manifest('node_modules/client', {
      peerDependencies: { yaml: '*' },
      peerDependenciesMeta: { yaml: { optional: true } },
    });
    manifest('node_modules/tool', { dependencies: { yaml: '2' } });
    manifest('node_modules/yaml');
    prune(root, join(root, 'dist'));
    expect(isGone('yaml')).toBe(false);
  });

  test('packages that need each other', () => {
    manifest('.', { dependencies: { a: '1' } });
    manifest('node_modules/a', { dependencies: { b: '1' } });
    manifest('node_modules/b', { dependencies: { a: '1' } });
    expect(prune(root, join(root, 'dist'))).toEqual({ packages: 2 });
  });

  test('nothing that only development needs, and no commands', () => {
    manifest('.', { devDependencies: { typescript: '1' } });
    manifest('node_modules/typescript', { dependencies: { '@typescript/x64': '1' } });
    manifest('node_modules/@typescript/x64');
    file('node_modules/.bin/tsc', '');
    expect(prune(root, join(root, 'dist'))).toEqual({ packages: 0 });
    expect(['typescript', '@typescript/x64', '.bin'].filter((name) => !isGone(name))).toEqual([]);
  });
});

test('what is left has one time, so that the same packages are the same layer of the image', () => {
  manifest('.', { dependencies: { a: '1' } });
  manifest('node_modules/a');
  file('node_modules/a/lib/index.js', '');
  prune(root, join(root, 'dist'));
  const times = ['', 'a', 'a/lib', 'a/lib/index.js', 'a/package.json'].map(
    (path) => statSync(join(root, 'node_modules', path)).mtimeMs,
  );
  expect(new Set(times).size).toBe(1);
});

test('of the files, those that compilers, debuggers, tests and readers open go; licences stay', () => {
  manifest('.', { dependencies: { a: '1' } });
  manifest('node_modules/a');
  const files = [
    ...['index.js', 'index.d.ts', 'index.js.map', 'src/index.ts', 'README.md', 'LICENSE.md', 'data.json'],
    ...['test/a.test.js', 'test/index.js', '.gitattributes', '.github/dependabot.yml'],
  ];
  for (const path of files) file(`node_modules/a/${path}`, '');
  prune(root, join(root, 'dist'));
  expect(files.filter((path) => !isGone(`a/${path}`))).toEqual([
    'index.js',
    'LICENSE.md',
    'data.json',
    'test/index.js',
  ]);
});

test('of files that are loaded by name, those that the compiled code names stay', () => {
  manifest('.', { dependencies: { '@prisma/client': '1' } });
  manifest('node_modules/@prisma/client');
  const compilers = ['fast_bg.postgresql.mjs', 'fast_bg.postgresql.js', 'small_bg.postgresql.mjs', 'fast_bg.mysql.mjs'];
  for (const name of compilers) file(`node_modules/@prisma/client/runtime/query_compiler_${name}`, '');
  file('node_modules/@prisma/client/runtime/client.mjs', '');
  prune(root, join(root, 'dist'), ['@prisma/client/runtime/query_compiler_', 'not-installed/file']);
  const left = compilers.filter((name) => !isGone(`@prisma/client/runtime/query_compiler_${name}`));
  expect(left).toEqual(['fast_bg.postgresql.mjs']);
  expect(isGone('@prisma/client/runtime/client.mjs')).toBe(false);
});

test('as a command it says what is left, and asks for the folder it needs', () => {
  manifest('.', { dependencies: {} });
  mkdirSync(join(root, 'node_modules'));
  const command = (...args: string[]) =>
    execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), PRUNE, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(command('dist')).toBe('kept 0 packages\n');
  expect(() => command()).toThrow('which folder holds the compiled code?');
});

function manifest(folder: string, content: object = {}): void {
  file(join(folder, 'package.json'), JSON.stringify(content));
}

function file(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function isGone(path: string): boolean {
  return !existsSync(join(root, 'node_modules', path));
}
