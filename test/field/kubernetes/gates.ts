import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import exceptions from './exceptions.json';
import { reviewersObjections } from './review';

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are read as what they are.
export type Tree = any;

export interface Verdict {
  readonly passed: boolean;
  readonly output: string;
}

export type Situation = keyof typeof exceptions;

/** Checks of kube-score that are off by default, and that the manifests pass. */
const MORE_CHECKS = ['container-memory-requests-equal-limits', 'container-ports-check', 'container-seccomp-profile'];

const schemas = () => {
  const folder = process.env['KUBERNETES_SCHEMAS'];
  if (folder === undefined) {
    throw new Error('The tools are missing; "npx projen test:kubernetes" brings them along');
  }
  return folder;
};

/** The newest versions of Kubernetes, newest last. */
export const versions = () => readdirSync(join(schemas(), 'schemas')).sort();

/** What kustomize makes of a folder, as text. */
export function render(folder: string): string {
  const { passed, output } = run('kustomize', 'build', folder);
  if (!passed) {
    throw new Error(output);
  }
  return output;
}

export function objectsIn(text: string): Tree[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** A file with these objects, as JSON, which every reader of YAML understands the same. */
export function written(objects: Tree[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'manifests-')), 'all.yaml');
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return path;
}

/** Every field of every object, by the code of the API server, with the schemas of one version and of all custom resources. */
export function schemaVerdict(path: string, version: string): Verdict {
  const crds = readdirSync(join(schemas(), 'crds')).map((name) => join(schemas(), 'crds', name));
  return run(
    'kubectl-validate',
    path,
    '--local-schemas',
    join(schemas(), 'schemas', version),
    ...crds.flatMap((folder) => ['--local-crds', folder]),
  );
}

/** The restricted Pod Security Standard, by the code of the API server. */
export function podSecurityVerdict(objects: Tree[]): Verdict {
  return run('pod-security', written(objects));
}

/** Every default check of kube-score, and some more; exceptions have a reason in `exceptions.json`. */
export function scoreVerdict(objects: Tree[], situations: readonly Situation[]): Verdict {
  const ignored = ['everywhere' as const, ...situations].flatMap((situation) => Object.keys(exceptions[situation]));
  const { passed, output } = run(
    'kube-score',
    'score',
    '--output-format=ci',
    '--exit-one-on-warning',
    `--kubernetes-version=${versions()
      .at(-1)!
      .replace(/\.\d+$/, '')}`,
    // A limit of the processor would slow a process down while processors idle.
    '--ignore-container-cpu-limit',
    ...MORE_CHECKS.map((check) => `--enable-optional-test=${check}`),
    ...ignored.map((check) => `--ignore-test=${check}`),
    written(objects),
  );
  const complaints = output.split('\n').filter((line) => /^\[(CRITICAL|WARNING)\]/.test(line));
  return { passed, output: complaints.join('\n') };
}

/** What no tool here looks at. */
export function reviewVerdict(objects: Tree[]): Verdict {
  const objections = reviewersObjections(objects);
  return { passed: objections.length === 0, output: objections.join('\n') };
}

function run(command: string, ...args: string[]): Verdict {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error !== undefined) {
    throw new Error(`${command} did not run; "npx projen test:kubernetes" brings it along`, { cause: error });
  }
  return { passed: status === 0, output: status === 0 ? stdout : stdout + stderr };
}
