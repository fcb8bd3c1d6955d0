import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');
export const golden = join(root, 'test', 'golden');

export interface Verdict {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs a tool of the field. */
export function run(folder: string, tool: string, ...args: string[]): Verdict {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) {
    throw new Error(`${tool} did not run; "npx projen test:observability" brings it along`, { cause: error });
  }
  return { passed: status === 0, output: stdout + stderr };
}

/** Runs a test on a copy of what a golden service has for observability. */
export function onCopy<T>(service: string, test: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'observability-'));
  try {
    cpSync(join(golden, service, 'observability'), join(folder, 'observability'), { recursive: true });
    return test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Breaks a file; fails when there was nothing to break. */
export function mutate(path: string, healthy: string | RegExp, broken: string): void {
  const text = readFileSync(path, 'utf8');
  const mutant = text.replace(healthy, broken);
  if (mutant === text) {
    throw new Error(`${path} has nothing like ${healthy}`);
  }
  writeFileSync(path, mutant);
}
