import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const TOOLS = join(import.meta.dirname, '../../tools/container');

let root: string;
let engine: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'container-cli-'));
  cpSync(TOOLS, join(root, 'tools/container'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  secrets({});
  // Takes down what it is asked, in place of an engine.
  engine = join(root, 'engine');
  writeFileSync(engine, `#!/bin/sh\nprintf '%s\\n' "$@" > "${root}/asked"\nexit 3\n`, { mode: 0o755 });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the engine', () => {
  test('builds, with every argument as it is, and its exit code counts', () => {
    expect(cli('build', 'orders:dev', '--label', 'a b; rm $HOME')).toMatchObject({ status: 3 });
    const revision = expect.stringMatching(/^REVISION=(unknown|[0-9a-f]{40})$/);
    expect(asked()).toEqual(['build', '--tag', 'orders:dev', '--build-arg', revision, '--label', 'a b; rm $HOME', '.']);
  });

  test('brings the stack up and down', () => {
    expect(cli('up', '--quiet-pull')).toMatchObject({ status: 3 });
    expect(asked()).toEqual(['compose', 'up', '--detach', '--wait', '--remove-orphans', '--quiet-pull']);
    cli('down', '--volumes');
    expect(asked()).toEqual(['compose', 'down', '--volumes']);
  });

  test('that is not there is named, with the way to another', () => {
    engine = 'no-such-engine';
    expect(cli('down')).toMatchObject({ status: 1, stderr: expect.stringContaining('CONTAINER_ENGINE=podman') });
  });
});

test('the stack is not started while a secret is missing', () => {
  secrets({ STRIPE_API_KEY: 'Charges cards' });
  const { status, stderr } = cli('up');
  expect(status).toBe(1);
  expect(stderr).toBe(
    'STRIPE_API_KEY is missing (Charges cards): set it in the shell, or write it to .compose/secrets/STRIPE_API_KEY\n',
  );
  expect(asked).toThrow('ENOENT');
});

test('an unknown verb is refused', () => {
  expect(cli('launch')).toMatchObject({ status: 2, stderr: 'there is no verb "launch"; there are: build, up, down\n' });
});

function cli(...args: string[]) {
  return spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), 'tools/container/cli.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], CONTAINER_ENGINE: engine },
  });
}

function asked(): string[] {
  return readFileSync(join(root, 'asked'), 'utf8').trim().split('\n');
}

function secrets(missing: Record<string, string>): void {
  mkdirSync(join(root, 'tools/container'), { recursive: true });
  const files = { folder: '.compose/secrets', passwords: [], texts: {}, asked: missing };
  writeFileSync(join(root, 'tools/container/secrets.json'), JSON.stringify(files));
}
