import { javascript } from 'projen';
import { BackupSource, DatabaseBackup } from '../backup';
import { ComposeStack, ContainerImage } from '../containers';
import { Delivery } from '../delivery';
import { ExampleService } from '../example';
import { StableList } from '../files';
import { Guides } from '../guides';
import { K8sManifests } from '../kubernetes';
import { Database, PrismaMigrations } from '../migrations';
import { Observability } from '../observability';
import { NodeToolchain } from '../runtime/node';
import { SecretsConfig } from '../secrets';
import {
  type BackingService,
  Check,
  type CheckProps,
  type JobProps,
  type LongRunningProcessProps,
  type ScheduledJobProps,
  Service,
  ServiceProcess,
} from '../service';
import { FastifyServer } from '../web';
import { flagProblems } from './flag-problems';
import type { NodeServiceProjectOptions } from './node-service-options';
import { folderProblems, optionProblems } from './option-problems';
import { factsOfNewService, ServiceRc } from './service-rc';
import { serviceReadme } from './service-readme';

/**
 * A Node service that is ready for production: Fastify, TypeScript, Prisma, and what runs and guards them.
 *
 * Every file follows from this one declaration and moves forward with each upgrade of the library; your code
 * in `src/` (but for `src/platform/`), `prisma/schema/` and `test/` is never touched.
 *
 * @pjid node-service
 * @example
 * const service = new NodeServiceProject({ name: 'orders', database: Database.POSTGRESQL });
 * service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
 * service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' });
 * service.synth();
 */
export class NodeServiceProject extends javascript.NodeProject {
  /** The model every file is a view of. */
  public readonly service: Service;

  /** The config variables. */
  public readonly config: SecretsConfig;

  /** The same, under the name that reads well for what is about secrets: `service.secrets.use(…)`. */
  public readonly secrets: SecretsConfig;

  /** The HTTP server. */
  public readonly web: FastifyServer;

  /** The database and its migrations; undefined without a database. */
  public readonly migrations?: PrismaMigrations;

  /** The backups of the database; undefined without a database, or when switched off. */
  public readonly backup?: DatabaseBackup;

  /** Metrics, logs, traces, objectives, alerts and dashboards; undefined when switched off. */
  public readonly observability?: Observability;

  /** The container image; undefined when switched off. */
  public readonly image?: ContainerImage;

  /** The whole service on one machine; undefined when the image is switched off. */
  public readonly compose?: ComposeStack;

  /** The Git hook and the workflow; undefined when switched off. */
  public readonly delivery?: Delivery;

  /** The manifests for Kubernetes; undefined when switched off. */
  public readonly kubernetes?: K8sManifests;

  /** The pages below `docs/`; undefined when switched off. */
  public readonly guides?: Guides;

  // The base class generates and ignores files before these exist, in an order of its own that is fixed.
  private ignored?: StableList;
  private annotated?: StableList;

  constructor(options: NodeServiceProjectOptions) {
    super({
      ...options,
      // Anything else stops projen's own code before the problem can be reported.
      name: typeof options.name === 'string' ? options.name : NAMELESS,
      defaultReleaseBranch: options.delivery?.defaultBranch ?? 'main',
      ...SILENT,
      readme: { contents: serviceReadme(options.name, options.description, options.database) },
      deps: options.deps,
      devDeps: options.devDeps,
    });
    this.ignored = new StableList();
    this.annotated = new StableList();
    this.annotated.add('/.projen/**');
    this.package.addField('type', 'module');
    this.package.addField('private', true);
    this.package.addField('publishConfig', undefined);
    this.gitignore.removePatterns(...LEGACY_IGNORES);

    this.service = new Service(this, { ...options, name: this.name });
    for (const problem of optionProblems(options)) {
      this.service.report(problem);
    }
    this.service.addValidation({
      validate: () => (this.initProject ? [...folderProblems(this), ...flagProblems(process.argv)] : []),
    });
    new NodeToolchain(this);
    this.config = new SecretsConfig(this);
    this.secrets = this.config;
    this.web = new FastifyServer(this, options.web);

    const database = Object.values(Database).includes(options.database as Database)
      ? options.database
      : Database.POSTGRESQL;
    if (database !== Database.NONE) {
      this.migrations = new PrismaMigrations(this, { ...options.migrations, database });
    }
    if (database !== Database.NONE && (options.backup?.enabled ?? true)) {
      const source = (database ?? Database.POSTGRESQL) as string as BackupSource;
      const pushMetrics = options.observability?.enabled ?? true;
      // Who says that there is a pooler has said that backups go past it.
      const isPooled = source === BackupSource.POSTGRESQL && options.migrations?.pgbouncer === true;
      const server = options.backup?.server ?? (isPooled ? {} : undefined);
      this.backup = new DatabaseBackup(this, { ...options.backup, source, pushMetrics, server });
    }
    if (options.observability?.enabled ?? true) {
      this.observability = new Observability(this, options.observability);
    }
    new ExampleService(this, { database, example: options.example, measured: this.observability !== undefined });
    if (options.container?.enabled ?? true) {
      this.image = new ContainerImage(this, options.container);
      this.compose = new ComposeStack(this, { compiledFolder: options.container?.compiledFolder });
    }
    if (options.delivery?.enabled ?? true) {
      this.delivery = new Delivery(this, options.delivery);
    }
    if (options.kubernetes?.enabled ?? true) {
      this.kubernetes = new K8sManifests(this, options.kubernetes);
    }
    if (options.guides?.enabled ?? true) {
      this.guides = new Guides(this);
    }
    for (const fact of this.initProject ? factsOfNewService(options) : []) {
      this.service.state(fact);
    }
    if (!this.parent) {
      new ServiceRc(this);
      this.addDevDeps('@riso/projen');
    }
  }

  /**
   * Adds something the service talks to over a connection.
   */
  public addBackingService(backingService: BackingService): void {
    this.service.state(backingService);
  }

  /**
   * Adds a process that works until it is told to stop.
   *
   * Its entry module is yours: `await work('<name>', async ({ signal }) => …)` from `src/platform/index.ts`.
   *
   * @param name lower-case letters, digits and dashes
   */
  public addWorker(name: string, props: LongRunningProcessProps): void {
    this.service.state(ServiceProcess.worker(name, props));
  }

  /**
   * Adds a process that runs once per release.
   *
   * @param name lower-case letters, digits and dashes
   */
  public addJob(name: string, props: JobProps): void {
    this.service.state(ServiceProcess.job(name, props));
  }

  /**
   * Adds a process that runs on a schedule.
   *
   * @param name lower-case letters, digits and dashes
   */
  public addScheduledJob(name: string, props: ScheduledJobProps): void {
    this.service.state(ServiceProcess.scheduledJob(name, props));
  }

  /**
   * Adds a command that gates a commit, a pull request or a release.
   *
   * @param name lower-case letters, digits and dashes
   */
  public addCheck(name: string, props: CheckProps): void {
    this.service.state(new Check(name, props));
  }

  /**
   * Marks files as generated; `.gitattributes` has one order however the service is put together.
   *
   * @param glob a file path or pattern
   */
  public override annotateGenerated(glob: string): void {
    if (this.annotated) {
      this.annotated.add(glob);
    } else {
      super.annotateGenerated(glob);
    }
  }

  /**
   * Ignores files in Git; `.gitignore` has one order however the service is put together.
   *
   * @param pattern a pattern of `.gitignore`
   */
  public override addGitIgnore(pattern: string): void {
    if (this.ignored) {
      this.ignored.add(pattern);
    } else {
      super.addGitIgnore(pattern);
    }
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

/** The name until there is one; no service can be called so, which reports the lack of it. */
const NAMELESS = '-';

/** What projen's Node project does by default and a service does in its own way, or not at all. */
const SILENT = {
  autoDetectBin: false,
  autoMerge: false,
  buildWorkflow: false,
  clobber: false,
  depsUpgrade: false,
  entrypoint: '',
  github: false,
  jest: false,
  licensed: false,
  minNodeVersion: '20.19.0',
  npmignoreEnabled: false,
  package: false,
  packageManager: javascript.NodePackageManager.NPM,
  projenrcJs: false,
  pullRequestTemplate: false,
  release: false,
  vscode: false,
} as const;

/** Ignored by projen's Node project for tools that services do not have. */
const LEGACY_IGNORES = [
  'yarn-debug.log*',
  'yarn-error.log*',
  'lerna-debug.log*',
  'lib-cov',
  '.nyc_output',
  'build/Release',
  'jspm_packages/',
  '.eslintcache',
  '.yarn-integrity',
  '.cache',
  'pids',
  '*.pid.lock',
  '*.seed',
  'coverage',
];
