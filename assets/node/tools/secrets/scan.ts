import { spawnSync } from 'node:child_process';
import { Failure } from './failure.js';
import { findGitleaks } from './gitleaks.js';

export interface Scan {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
}

/** The exit code of gitleaks when it found something; anything else but 0 says that it could not look. */
const FOUND = 10;

/** Looks for secrets in what is committed and in what is not yet; returns an exit code. */
export function scan({ cwd, env, print }: Scan): number {
  const gitleaks = findGitleaks(cwd, env, print);
  const run = (command: 'dir' | 'git') => {
    const options = ['--config', '.gitleaks.toml', '--no-banner', '--redact', '--verbose', '--exit-code', `${FOUND}`];
    const { status, error, stdout, stderr } = spawnSync(gitleaks, [command, '.', ...options], {
      cwd,
      env,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error !== undefined || (status !== 0 && status !== FOUND)) {
      throw new Failure(`gitleaks could not look: ${error?.message ?? stderr.trim()}`);
    }
    if (status === FOUND) print(stdout.trim());
    return status === FOUND;
  };
  const isRepository = spawnSync('git', ['rev-parse', '--is-inside-work-tree'], { cwd, env }).status === 0;
  const found = [run('dir'), isRepository && run('git')];
  if (!found.includes(true)) {
    print(`No secret is in the files${isRepository ? ', nor in the history' : ''}.`);
    return 0;
  }
  print(`
Replace each secret that was found, then remove it: what was committed has been seen, and stays in the history. See
docs/runbooks/rotate-a-secret.md. What is none goes into .gitleaksignore, by its fingerprint.`);
  return 1;
}
