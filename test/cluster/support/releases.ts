import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigVariable, Cpu, Cron, type NodeServiceProject } from '../../../src';
import { objectsIn, render } from '../../field/kubernetes/gates';
import { deployedServices } from '../../field/kubernetes/services';
import { goldenServices } from '../../support/golden-services';
import { synthInto } from '../../support/synth';
import type { Tree } from './kubectl';

/** An overlay of a service, as two releases that follow each other. */
export interface Release {
  readonly name: string;
  /** The namespace of the overlay in this cluster, in which other overlays are too. */
  readonly namespace: string;
  readonly first: Tree[];
  readonly next: Tree[];
}

const SERVICES = { ...goldenServices, ...deployedServices };

/** Every overlay of every service that has any. */
export function releases(): Release[] {
  return Object.entries(SERVICES).flatMap(([service, make]) => {
    const first = overlaysOf(make, 'a');
    const next = first.size === 0 ? first : overlaysOf((outdir) => changed(make(outdir)), 'c');
    return [...first].map(([environment, objects]) => {
      const namespace = `${service}-${environment}`;
      return {
        namespace,
        name: `${service}, ${environment}`,
        first: into(namespace, objects),
        next: into(namespace, next.get(environment)!),
      };
    });
  });
}

/** One environment of one service, as it is now and after a change. */
export function releaseOf(
  service: keyof typeof deployedServices,
  digest: string,
  change = (_: NodeServiceProject) => {},
) {
  const make = (outdir: string) => {
    const project = deployedServices[service]!(outdir);
    change(project);
    return project;
  };
  return overlaysOf(make, digest).get('prod')!;
}

/** The objects in a namespace of their own, because here environments share a cluster. */
export function into(namespace: string, objects: Tree[]): Tree[] {
  return objects.map((object) => ({
    ...object,
    metadata: object.kind === 'Namespace' ? { ...object.metadata, name: namespace } : { ...object.metadata, namespace },
  }));
}

/** What the next release brings: configuration, resources, a process more. Its image is another one too. */
function changed(project: NodeServiceProject): NodeServiceProject {
  project.service.state(
    new ConfigVariable('NEXT_RELEASE', {
      description: 'A new switch',
      values: { staging: 'on', prod: 'on' },
      defaultValue: 'off',
    }),
  );
  project.addScheduledJob('next', { schedule: Cron.daily(), command: ['node', 'dist/next.js'], description: 'Is new' });
  project
    .tryFindObjectFile('k8s/base/deployment-web.yaml')
    ?.addOverride('spec.template.spec.containers.0.resources.requests.cpu', `${Cpu.millis(300)}`);
  return project;
}

function overlaysOf(make: (outdir: string) => NodeServiceProject, digest: string): Map<string, Tree[]> {
  const folder = mkdtempSync(join(tmpdir(), 'releases-'));
  try {
    mkdirSync(folder, { recursive: true });
    const files = synthInto(folder, make);
    const overlays = join(folder, 'k8s', 'overlays');
    const names = Object.keys(files).some((path) => path.startsWith('k8s/')) ? readdirSync(overlays) : [];
    return new Map(names.map((name) => [name, released(render(join(overlays, name)), digest)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** With the image, and so the version, that the pipeline would have named. */
function released(text: string, digest: string): Tree[] {
  const image = `sha256:${digest.repeat(64)}`;
  return objectsIn(
    text
      .replace(/^(\s*image: [^\s@]+)(@sha256:\w+)?$/gm, `$1@${image}`)
      .replace(/(app\.kubernetes\.io\/version: ).*/g, `$1${digest.repeat(12)}`),
  );
}
