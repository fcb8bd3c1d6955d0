import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from 'projen';

/** The text of every file, by its path relative to the project. */
export type Files = Record<string, string>;

/**
 * Synthesizes a project in a folder of its own and returns every file it wrote.
 *
 * The only way tests synthesize: projen's `Testing.synth` without an `outdir` has deleted a working folder before. The
 * factory gets a fresh temporary folder and must pass it on as `outdir`; nothing is installed, and the folder is gone
 * afterwards, whatever happened.
 *
 * @example
 * const files = synth((outdir) => {
 *   const project = new Project({ name: 'orders', outdir });
 *   new Guides(project);
 *   return project;
 * });
 * expect(files['docs/README.md']).toContain('# orders');
 */
export function synth(factory: (outdir: string) => Project): Files {
  return inFolder((outdir) => synthInto(outdir, factory));
}

/**
 * Runs a test in a temporary folder, for what takes more than one synthesis or looks at the folder itself.
 *
 * @example
 * inFolder((outdir) => {
 *   synthInto(outdir, factory);
 *   rmSync(join(outdir, 'src/app.ts'));
 *   expect(synthInto(outdir, factory)).not.toHaveProperty(['src/app.ts']);
 * });
 */
export function inFolder<T>(test: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'riso-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let result: T;
  try {
    result = test(folder);
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) {
    return result.finally(remove) as T;
  }
  remove();
  return result;
}

/**
 * Synthesizes a project into a folder from {@link inFolder} and returns every file in it.
 */
export function synthInto(folder: string, factory: (outdir: string) => Project): Files {
  const before = process.env['PROJEN_DISABLE_POST'];
  process.env['PROJEN_DISABLE_POST'] = 'true';
  try {
    const project = factory(folder);
    if (project.outdir !== folder) {
      throw new Error(`the factory must pass the folder on as outdir: it made ${project.outdir}`);
    }
    project.synth();
    return filesIn(folder);
  } finally {
    if (before === undefined) {
      delete process.env['PROJEN_DISABLE_POST'];
    } else {
      process.env['PROJEN_DISABLE_POST'] = before;
    }
  }
}

/**
 * Every file below a folder but those of Git, sorted by path.
 */
export function filesIn(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
