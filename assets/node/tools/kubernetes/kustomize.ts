import { spawnSync } from 'node:child_process';
import { Failure } from './facts.js';

/** The programs that put overlays together, the one that does only that first. */
const PROGRAMS = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const;

/** The manifests that a folder stands for. */
export function build(folder: string): string {
  for (const [program, verb] of PROGRAMS) {
    const { error, status, stdout, stderr } = spawnSync(program, [verb, folder], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (error !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') continue;
    if (error !== undefined) throw error;
    if (status !== 0) throw new Failure(`${program} ${verb} ${folder} failed:\n${stderr.trim()}`);
    return stdout;
  }
  throw new Failure(
    'Neither kustomize nor kubectl is installed, so the manifests cannot be put together. Install one of them: https://kubectl.docs.kubernetes.io/installation/kustomize/',
  );
}
