import { javascript } from 'projen';
import { DatabaseBackup } from '../../src/backup';
import { ComposeStack, ContainerImage } from '../../src/containers';
import { Delivery } from '../../src/delivery';
import { ExampleService } from '../../src/example';
import { StableList } from '../../src/files';
import { Guides } from '../../src/guides';
import { K8sManifests } from '../../src/kubernetes';
import { PrismaMigrations } from '../../src/migrations';
import { Observability } from '../../src/observability';
import { NodeToolchain } from '../../src/runtime/node';
import { SecretsConfig } from '../../src/secrets';
import { FastifyServer } from '../../src/web';

/** Every capability, by itself; what each needs of another it meets in the model. */
export const CAPABILITIES = {
  toolchain: (host: Host) => new NodeToolchain(host),
  secrets: (host: Host) => new SecretsConfig(host),
  web: (host: Host) => new FastifyServer(host),
  migrations: (host: Host) => new PrismaMigrations(host),
  backup: (host: Host) => new DatabaseBackup(host),
  observability: (host: Host) => new Observability(host),
  example: (host: Host) => new ExampleService(host, { database: 'postgresql', measured: true }),
  image: (host: Host) => new ContainerImage(host),
  compose: (host: Host) => new ComposeStack(host),
  delivery: (host: Host) => new Delivery(host),
  kubernetes: (host: Host) => new K8sManifests(host),
  guides: (host: Host) => new Guides(host),
} satisfies Record<string, (host: Host) => unknown>;

export type Capability = keyof typeof CAPABILITIES;

/**
 * A plain Node project that takes capabilities in any order and keeps its lists of files sorted, as services do.
 */
export class Host extends javascript.NodeProject {
  private ignored?: StableList;
  private annotated?: StableList;

  constructor(outdir: string, capabilities: readonly Capability[]) {
    super({ ...PLAIN, outdir });
    this.ignored = new StableList();
    this.annotated = new StableList();
    for (const capability of capabilities) {
      CAPABILITIES[capability](this);
    }
  }

  public override annotateGenerated(glob: string): void {
    this.annotated ? this.annotated.add(glob) : super.annotateGenerated(glob);
  }

  public override addGitIgnore(pattern: string): void {
    this.ignored ? this.ignored.add(pattern) : super.addGitIgnore(pattern);
  }

  public override preSynthesize(): void {
    super.preSynthesize();
    const [ignored, annotated] = [this.ignored?.drain() ?? [], this.annotated?.drain() ?? []];
    this.ignored = undefined;
    this.annotated = undefined;
    for (const pattern of ignored) {
      super.addGitIgnore(pattern);
    }
    for (const glob of annotated) {
      super.annotateGenerated(glob);
    }
  }
}

/** A Node project with as little of projen's own as can be. */
export const PLAIN = {
  name: 'orders',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  buildWorkflow: false,
  depsUpgrade: false,
  entrypoint: '',
  github: false,
  jest: false,
  licensed: false,
  npmignoreEnabled: false,
  package: false,
  projenrcJs: false,
  release: false,
} as const;
