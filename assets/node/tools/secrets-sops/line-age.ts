import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';

/** When a line got its text, by the commit that wrote it. */
export interface LineAge {
  readonly commit: string;
  readonly at: Date;
}

/** Asks Git; nothing where it does not know, such as outside of a repository. */
export async function lineAge(path: string, start: RegExp): Promise<LineAge | undefined> {
  const lines = await blame(path);
  let commit = '';
  let at = 0;
  for (const line of lines) {
    const [, hash] = /^([0-9a-f]{40}) \d+ \d+/.exec(line) ?? [];
    const [, time] = /^committer-time (\d+)$/.exec(line) ?? [];
    if (hash !== undefined) commit = hash;
    if (time !== undefined) at = Number(time) * 1000;
    // The text of a line stands behind a tab, after all that is said of it.
    if (line.startsWith('\t') && start.test(line.slice(1))) return { commit: commit.slice(0, 10), at: new Date(at) };
  }
  return undefined;
}

function blame(path: string): Promise<readonly string[]> {
  const args = ['blame', '--line-porcelain', '--', basename(path)];
  return new Promise((resolve) => {
    execFile('git', args, { cwd: dirname(path), maxBuffer: 2 ** 26 }, (error, output) => {
      resolve(error ? [] : output.split('\n'));
    });
  });
}
