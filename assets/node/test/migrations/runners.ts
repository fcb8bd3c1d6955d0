import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, type ScratchService } from '../tools/scratch-service.js';

export interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the service's own migration program, as its production image does. */
export function startRunner(
  service: ScratchService,
  url: string,
  args: readonly string[] = ['migrate'],
  env: NodeJS.ProcessEnv = {},
) {
  const cli = join('src', 'platform', 'migrations', 'cli.ts');
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', cli, ...args], {
    cwd: service.root,
    env: environment({ ...env, DATABASE_URL: url }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const done = new Promise<Run>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return { done, output: () => output, kill: () => child.kill('SIGKILL') };
}

export async function eventually(condition: () => Promise<boolean>, timeout = 15_000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeout} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
