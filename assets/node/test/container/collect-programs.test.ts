import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../tools/container/collect-programs.sh');

let target: string;
beforeEach(() => {
  target = mkdtempSync(join(tmpdir(), 'programs-'));
});
afterEach(() => rmSync(target, { recursive: true }));

test('a program is collected with the libraries it loads, but for those of every image', () => {
  expect(collect('tar').status).toBe(0);
  expect(statSync(join(target, 'usr/bin/tar')).mode & 0o777).toBe(0o755);
  const libraries = execFileSync('sh', ['-c', 'ldd "$(command -v tar)" | grep -o "/[^ ]*"'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((path) => join(realpathSync(join(path, '..')), path.split('/').at(-1) ?? ''));
  const isCommon = (path: string) => /\/(ld-linux|libc\.so|libm\.so)/.test(path);
  expect(libraries.filter((path) => !isCommon(path)).length).toBeGreaterThan(0);
  expect(libraries.filter((path) => isCommon(path) === existsSync(join(target, path)))).toEqual([]);
});

test('a program that is not there stops the build', () => {
  expect(collect('no-such-program').status).not.toBe(0);
});

function collect(...programs: string[]) {
  return spawnSync('sh', [SCRIPT, ...programs], { env: { PATH: process.env['PATH'], TARGET: target } });
}
