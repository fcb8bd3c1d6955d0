import { relative, resolve } from 'node:path';
import type { Project } from 'projen';

const claims = new WeakMap<Project, Map<string, string>>();

/**
 * Makes sure that a file has one owner, in all of a repository.
 *
 * @param path relative to the project
 * @param owner who makes the file
 * @throws Error that names the file and both owners, when it has another
 */
export function claim(project: Project, path: string, owner: string): void {
  const { root } = project;
  const claimed = claims.get(root) ?? new Map<string, string>();
  claims.set(root, claimed);
  const absolute = resolve(project.outdir, path);
  const other = claimed.get(absolute) ?? root.tryFindFile(absolute)?.constructor.name;
  if (other !== undefined) {
    const file = relative(root.outdir, absolute);
    throw new Error(
      other === owner
        ? `${file} is made twice by ${owner}: make it once, or give the two projects different names`
        : `${file} is made by ${[other, owner].sort().join(' and by ')}: switch one of them off`,
    );
  }
  claimed.set(absolute, owner);
}
