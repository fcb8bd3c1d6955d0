import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';

const ROOT = join(__dirname, '..', '..');

/** What runs in production besides the service itself, from its own entry, as its files are generated. */
describe('a program of a service', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'programs-'));
    synthInto(folder, goldenServices['archived']!);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run([program, ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', join('src/platform', program!), ...args],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } },
    );
    return { status, stderr };
  }

  it.each([
    ['backup.ts', 'list'],
    ['backup-archive.ts', 'list'],
    ['migrations/cli.ts', 'status'],
  ])('%s %s runs in no environment that nobody declared', (...command) => {
    const { status, stderr } = run(command, { APP_ENV: 'production', DATABASE_URL: 'postgresql://127.0.0.1:1/x' });
    expect(stderr).toContain('APP_ENV: "production" names no environment of this service; did you mean prod?');
    expect(status).toBeGreaterThan(0);
  });
});
