import { Project } from 'projen';
import { parse } from 'yaml';
import {
  BackingService,
  ConfigType,
  ConfigVariable,
  type Fact,
  K8sManifests,
  type K8sManifestsOptions,
  Service,
  ServiceProcess,
} from '../../src';
import { synth } from '../support/synth';

export const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** What the smallest service has: one web process with its two ports, one secret, one job. */
export function facts(): Fact[] {
  const port = (name: string, defaultValue: number) =>
    new ConfigVariable(name, { type: ConfigType.integer(), defaultValue, description: 'A port' });
  return [
    port('PORT', 3000),
    port('MANAGEMENT_PORT', 9464),
    new ConfigVariable('SHUTDOWN_DELAY', { type: ConfigType.duration(), defaultValue: '5s', description: 'A delay' }),
    new ConfigVariable('DATABASE_URL', { secret: true, description: 'Where the database is' }),
    ServiceProcess.web('web', { command: ['node', 'dist/main.js'], description: 'Answers requests' }),
    ServiceProcess.job('migrate', { command: ['node', 'dist/migrate.js'], description: 'Migrates' }),
    BackingService.postgresql({ urlVariable: 'DATABASE_URL' }),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are read as what they are.
export type Tree = any;

export interface Manifests {
  /** Paths below `k8s/`. */
  readonly paths: string[];
  /** The object in a file below `k8s/base`. */
  base(name: string): Tree;
  /** The object in a file of the overlay of prod. */
  prod(name: string): Tree;
  /** Any file, as text. */
  text(path: string): string;
  /** The page about them. */
  readonly guide: string;
}

/** The manifests of a project in no language in particular. */
export function manifestsOf(
  options: K8sManifestsOptions = {},
  more: (manifests: K8sManifests, service: Service) => void = () => {},
  stated: Fact[] = facts(),
): Manifests {
  let guide = () => '';
  const files = synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    const service = Service.of(project);
    const manifests = new K8sManifests(project, options);
    for (const fact of stated) {
      service.state(fact);
    }
    more(manifests, service);
    guide = () => service.guides.find(({ name }) => name === 'kubernetes')!.text.render(service);
    return project;
  });
  const object = (path: string) => (files[path] === undefined ? undefined : parse(files[path]));
  return {
    paths: Object.keys(files)
      .filter((path) => path.startsWith('k8s/'))
      .map((path) => path.slice('k8s/'.length)),
    base: (name) => object(`k8s/base/${name}.yaml`),
    prod: (name) => object(`k8s/overlays/prod/${name}.yaml`),
    text: (path) => files[path]!,
    get guide() {
      return guide();
    },
  };
}
