import { spawn } from 'node:child_process';

/** Why `gh` could not do what it was asked. */
export class GhError extends Error {
  override readonly name = 'GhError';
}

/** Runs GitHub's own command line, without a shell, and returns what it printed. */
export async function runGh(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('gh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  // It may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      const reason =
        code === 'ENOENT' ? 'is not installed. Install it from https://cli.github.com' : `cannot be run (${code})`;
      reject(new GhError(`gh ${reason}.`));
    });
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  if (code !== 0) throw new GhError(reasonOf(code, complaint, args));
  return output;
}

/** @see https://cli.github.com/manual/gh_help_exit-codes */
function reasonOf(code: number, complaint: string, args: readonly string[]): string {
  if (code === 4) return 'gh is not logged in. Run "gh auth login".';
  if (/HTTP 404/.test(complaint)) return 'there is no such thing, or you may not see it';
  if (/HTTP 403/.test(complaint)) return 'gh has no right to do that. Ask an administrator of the repository.';
  return `"gh ${args.slice(0, 2).join(' ')}" stopped with code ${code}. Run it yourself to see why.`;
}
