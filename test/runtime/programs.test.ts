import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';

const ROOT = join(__dirname, '..', '..');

/** What runs in production besides the service itself, from its own entry, as its files are generated. */
class Programs {
  readonly folder = mkdtempSync(join(tmpdir(), 'programs-'));

  constructor(golden: string) {
    synthInto(this.folder, goldenServices[golden]!);
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  run([program, ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    const command = ['--import', 'tsx', join('src/platform', program!), ...args];
    return spawnSync(process.execPath, command, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...env },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('a program of a service', () => {
  let programs: Programs;

  beforeAll(() => {
    programs = new Programs('archived');
  });
  afterAll(() => programs.remove());

  it.each([
    ['backup.ts', 'list'],
    ['backup-archive.ts', 'list'],
    ['migrations/cli.ts', 'status'],
  ])('%s %s runs in no environment that nobody declared', (...command) => {
    const env = { APP_ENV: 'production', DATABASE_URL: 'postgresql://127.0.0.1:1/x' };
    const { status, stderr } = programs.run(command, env);
    expect(stderr).toContain('APP_ENV: "production" names no environment of this service; did you mean prod?');
    expect(status).toBeGreaterThan(0);
  });
});

describe('backups of a service whose store of secrets is gone', () => {
  let programs: Programs;
  let env: NodeJS.ProcessEnv;

  beforeAll(() => {
    programs = new Programs('aws');
    const key = join(programs.folder, 'key');
    writeFileSync(key, 'given');
    env = {
      APP_ENV: 'prod',
      BACKUP_STORE_URL: `file://${programs.folder}/store`,
      BACKUP_S3_ACCESS_KEY_ID_FILE: key,
      BACKUP_S3_SECRET_ACCESS_KEY_FILE: key,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'anyone',
      AWS_SECRET_ACCESS_KEY: 'anything',
      AWS_MAX_ATTEMPTS: '1',
    };
  });
  afterAll(() => programs.remove());

  it('are listed for a person, who hears of it', () => {
    const { status, stdout, stderr } = programs.run(['backup.ts', 'list'], env);
    expect(stderr).toMatch(/^BACKUP_DATABASE_URL, .* cannot be read from AWS Secrets Manager in eu-west-1: /);
    expect(stderr).not.toContain('BACKUP_S3');
    expect(stdout).toContain('no backup');
    expect(status).toBe(0);
  });

  it('are made by no process', () => {
    const { status, stderr } = programs.run(['backup.ts', 'backup'], env);
    expect(stderr).toContain('DATABASE_URL cannot be read from AWS Secrets Manager in eu-west-1');
    expect(status).toBe(78);
  });
});
