import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root = join(__dirname, '..', '..');

/** The one file in a folder below `dist/` that ends so. */
export function packageFile(folder: string, ending: string): string {
  const path = join(root, 'dist', folder);
  const [file, ...others] = readdirSync(path).filter((name) => name.endsWith(ending));
  if (file === undefined || others.length > 0) {
    throw new Error(`expected one ${ending} file in dist/${folder}; "npx projen package-all" makes it`);
  }
  return join(path, file);
}

/** Runs a command to its end, with what it said in the error if that was not a good one. */
export function run(command: string, args: string[], cwd: string): string {
  try {
    // What is synthesized is looked at and not installed.
    const env = { ...process.env, CI: 'false', PROJEN_DISABLE_POST: 'true' };
    return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** The files of a synthesized service, by path. */
export function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  );
}

export function freshFolder(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  return path;
}
