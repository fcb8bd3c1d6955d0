import type { Project } from 'projen';

const markers = new WeakMap<Project, string | undefined>();

/**
 * What the files of a project are marked with. projen walks through all components to answer that, for each file several times;
 * during a synthesis the answer stays the same.
 */
export function markerOf(project: Project, find: () => string | undefined): string | undefined {
  if (!markers.has(project)) {
    markers.set(project, find());
  }
  return markers.get(project);
}
