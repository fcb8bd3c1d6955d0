import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf, freshFolder, packageFile, run } from './packages';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'packaging-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('a program with the installed package synthesizes a service', () => {
  let fromNode: Record<string, string>;

  it('in JavaScript', () => {
    const app = freshFolder(scratch, 'node');
    const tarball = join(app, 'library.tgz');
    // npm reads the "@" in the name that jsii-pacmak chooses as a version.
    copyFileSync(packageFile('js', '.tgz'), tarball);
    writeFileSync(join(app, 'package.json'), '{ "private": true }');
    copyFileSync(join(__dirname, 'smoke.mjs'), join(app, 'smoke.mjs'));
    run('npm', ['install', '--no-audit', '--no-fund', tarball], app);
    run('node', ['smoke.mjs', freshFolder(app, 'orders')], app);

    fromNode = filesOf(join(app, 'orders'));
    expect(fromNode['src/platform/config.ts']).toContain('stripeApiKey');
  });

  it('in Python, and it is the same service', () => {
    const app = freshFolder(scratch, 'python');
    const python = join(app, '.venv', 'bin', 'python');
    run('python3', ['-m', 'venv', '.venv'], app);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', packageFile('python', '.whl')], app);
    run(python, [join(__dirname, 'smoke.py'), freshFolder(app, 'orders')], app);

    const fromPython = filesOf(join(app, 'orders'));
    expect(Object.keys(fromPython)).toEqual(Object.keys(fromNode));
    expect(fromPython['src/platform/config.ts']).toEqual(fromNode['src/platform/config.ts']);
  });
});
