import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from 'projen';
import { Database } from '../migrations';
import type { ServiceProblem } from '../service';
import type { NodeServiceProjectOptions } from './node-service-options';

/**
 * What is wrong with the options of a service by themselves and together.
 */
export function optionProblems(options: NodeServiceProjectOptions): ServiceProblem[] {
  const problems = typeProblems(options);
  const databases = Object.values(Database);
  // "projen new" turns a flag with an unknown value into a member that is present and undefined.
  if ('database' in options && !databases.includes(options.database as Database)) {
    problems.push({
      place: 'database',
      message: `must be one of ${databases.join(', ')}`,
      value: options.database,
      fix: 'choose one of them',
    });
  }
  if (options.example === true && options.database === Database.NONE) {
    problems.push({
      place: 'example',
      message: 'the example is an order service, which keeps its orders in a database, but database is none',
      fix: 'choose a database, or drop example',
    });
  }
  return problems;
}

/**
 * Options of another type than declared: `.projenrc.ts` runs without a type check.
 */
function typeProblems(options: NodeServiceProjectOptions): ServiceProblem[] {
  const expected: Record<string, Array<keyof NodeServiceProjectOptions>> = {
    string: ['name', 'description', 'owner', 'docsUrl', 'dashboardsUrl', 'outdir'],
    boolean: ['example'],
    object: [
      'web',
      'migrations',
      'observability',
      'backup',
      'container',
      'delivery',
      'kubernetes',
      'guides',
      'environments',
      'deps',
      'devDeps',
    ],
  };
  return Object.entries(expected).flatMap(([type, names]) =>
    names
      .filter((name) => options[name] !== undefined && typeof options[name] !== type)
      .map((name) => ({
        place: name,
        message: type === 'object' ? 'takes options of its own, or a list' : `must be a ${type}`,
        value: options[name],
        fix: SWITCHES.includes(name) ? `to switch it off, write ${name}: { enabled: false }` : FIX,
      })),
  );
}

const SWITCHES: readonly string[] = ['observability', 'backup', 'container', 'delivery', 'kubernetes', 'guides'];

const FIX = 'compare it with API.md, or run the type checker ("npx projen typecheck")';

/**
 * What `projen new` would overwrite: a folder that is not empty may hold anything but files of these names.
 */
export function folderProblems(project: Project): ServiceProblem[] {
  const taken = project.files
    .map(({ path }) => path)
    .filter((path) => existsSync(join(project.outdir, path)))
    .filter((path) => path !== 'package.json' || !isFromProjen(join(project.outdir, path)))
    .sort();
  return taken.length === 0
    ? []
    : [
        {
          place: 'folder',
          message: `holds files that the service would overwrite: ${taken.join(', ')}`,
          fix: 'begin in an empty folder, or move these files out of the way',
        },
      ];
}

/** Before projen loads the library, it installs itself and the library, and thereby writes a package.json with these two. */
function isFromProjen(path: string): boolean {
  const { dependencies, devDependencies, ...others } = JSON.parse(readFileSync(path, 'utf8'));
  const packages = Object.keys({ ...dependencies, ...devDependencies });
  return Object.keys(others).length === 0 && packages.every((name) => ['projen', '@riso/projen'].includes(name));
}
