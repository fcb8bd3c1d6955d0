import { posix } from 'node:path';
import { Component, DependencyType, javascript, type Project, type Task } from 'projen';
import { OwnedText, type Owner, readAsset } from '../../files';
import { Service } from '../../service';
import { AssetModule } from './asset-module';
import { namingProblems, renderConfigModule } from './config-module';
import type { SecretStoreBinding } from './secret-stores';
import { versionOf } from './versions';

const PLATFORM = 'src/platform';
const TOOLS = 'tools';
const CONFIG_MODULE = `${PLATFORM}/config.ts`;
const CONFIG_OWNER: Owner = { component: 'NodeRuntime', change: 'the config variables of the service' };

/**
 * A module with a life of its own, opened and closed with the process.
 */
export interface PlatformBinding {
  /** The name the module is exported under, such as `database`. */
  readonly exportName: string;
  /** Where it is, relative to `src/platform`, such as `./database/module.js`. */
  readonly from: string;
}

/**
 * A folder that outlives the service.
 */
export interface DataFolder {
  readonly path: string;
  /** Where config variables lead in it on a developer's machine, by their names. */
  readonly urls?: Readonly<Record<string, string>> | undefined;
}

/**
 * What the library knows of Node: where runtime modules land, which packages they need and how commands run.
 *
 * Capabilities ask it for modules by name; which files and packages that means stands beside the module's code.
 *
 * @internal
 */
export class NodeRuntime extends Component {
  /**
   * The Node runtime of a project.
   *
   * @throws Error when the project has no package.json that projen manages
   */
  public static of(project: Project): NodeRuntime {
    const found = project.components.find((component): component is NodeRuntime => component instanceof NodeRuntime);
    return found ?? new NodeRuntime(project);
  }

  /** Whether a project has a package.json that projen manages. */
  public static supports(project: Project): boolean {
    return javascript.NodePackage.of(project) !== undefined;
  }

  /** The `package.json` of the project. */
  public readonly package: javascript.NodePackage;

  private readonly installed = new Map<string, AssetModule>();
  private readonly bound = new Map<string, PlatformBinding>();
  private readonly setups = new Set<string>();
  private readonly providers: SecretStoreBinding[] = [];
  private readonly stores: SecretStoreBinding[] = [];
  private readonly generators: Task[] = [];
  private readonly preparations = new Set<Task>();
  private readonly generated = new Set<string>();
  private readonly built = new Set<string>();
  private readonly shipped = new Set<string>();
  private readonly shippedOnceThere = new Set<string>();
  private readonly data = new Map<string, Readonly<Record<string, string>> | undefined>();
  private readonly named = new Set<string>();
  private devPrefix: string[] = [];
  private devWatcher: string[] = [];

  private constructor(project: Project) {
    super(project, 'NodeRuntime');
    const nodePackage = javascript.NodePackage.of(project);
    if (nodePackage === undefined) {
      throw new Error(
        `project "${project.name}" has no package.json that projen manages, so nothing for Node can be added to it: use a NodeProject or TypeScriptProject`,
      );
    }
    this.package = nodePackage;
  }

  /**
   * Copies a module to `src/platform/<name>`, with the modules and packages it needs.
   */
  public installPlatform(name: string, variant?: string): void {
    this.install('node/src/platform', PLATFORM, name, variant);
  }

  /**
   * Copies development tools to `tools/<name>`, with the packages they need.
   */
  public installTools(name: string, variant?: string): void {
    this.install('node/tools', TOOLS, name, variant);
  }

  /**
   * Writes the typed configuration of the service, with the code that loads it.
   */
  public installConfig(): void {
    if (this.project.tryFindFile(CONFIG_MODULE) === undefined) {
      const service = Service.of(this.project);
      this.installPlatform('config');
      new OwnedText(this.project, CONFIG_MODULE, {
        owner: CONFIG_OWNER,
        text: () => renderConfigModule(service, sorted(this.providers)),
      });
      service.addValidation({ validate: namingProblems });
    }
  }

  /**
   * Reads secrets of an environment from a store at run time.
   */
  public addSecretProvider(provider: SecretStoreBinding): void {
    this.providers.push(provider);
  }

  /**
   * Lets the verbs `secrets:*` write to a store.
   */
  public addSecretStore(store: SecretStoreBinding): void {
    this.stores.push(store);
  }

  /** The stores that `secrets:*` writes to, in the order of their names. */
  public get secretStores(): SecretStoreBinding[] {
    return sorted(this.stores);
  }

  /**
   * Adds npm packages that services need at run time, in the version the assets are tested with.
   */
  public addDependencies(...npmPackages: string[]): void {
    this.require(DependencyType.RUNTIME, npmPackages);
  }

  /**
   * Adds npm packages that only development needs, in the version the assets are tested with.
   */
  public addDevDependencies(...npmPackages: string[]): void {
    this.require(DependencyType.BUILD, npmPackages);
  }

  /**
   * Opens a module with each process of the service.
   */
  public bind(binding: PlatformBinding): void {
    this.bound.set(binding.exportName, binding);
  }

  /** The modules opened with each process, by name. */
  public get bindings(): PlatformBinding[] {
    return [...this.bound.values()].sort((a, b) => a.exportName.localeCompare(b.exportName));
  }

  /**
   * Runs a module once before all tests, as vitest's `globalSetup`.
   */
  public addTestSetup(path: string): void {
    this.setups.add(path);
  }

  /** The modules run once before all tests. */
  public get testSetups(): string[] {
    return [...this.setups].sort();
  }

  /**
   * Registers a task that writes code the service imports, and the folder it writes to.
   */
  public addGenerator(task: Task, folder: string): void {
    this.generators.push(task);
    this.generated.add(folder);
  }

  /** The tasks that write code the service imports. */
  public get generatorTasks(): Task[] {
    return [...this.generators].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The folders of generated code, which are not committed. */
  public get generatedFolders(): string[] {
    return [...this.generated].sort();
  }

  /** The folders in which every file is owned. */
  public get ownedFolders(): string[] {
    return [PLATFORM, ...[...this.installed.keys()].filter((folder) => folder.startsWith(`${TOOLS}/`)).sort()];
  }

  /**
   * Runs the development server through a command that brings what it needs, such as a database.
   */
  public runDevThrough(...command: string[]): void {
    this.devPrefix = command;
  }

  /**
   * Runs the development server, and nothing else, through a command that looks at what it says.
   */
  public watchDevBy(...command: string[]): void {
    this.devWatcher = command;
  }

  /** What stands last before the command of the development server. */
  public get devWatcherPrefix(): readonly string[] {
    return this.devWatcher;
  }

  /**
   * Runs a task before the development server, such as the one that applies migrations.
   */
  public prepareDev(task: Task): void {
    this.preparations.add(task);
  }

  /** The tasks that run before the development server. */
  public get devPreparations(): Task[] {
    return [...this.preparations].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** What stands before the command of the development server. */
  public get devCommandPrefix(): readonly string[] {
    return this.devPrefix;
  }

  /**
   * Says which files and folders the task `compile` reads besides `src` and `tools`.
   */
  public addBuildFiles(...paths: string[]): void {
    for (const path of paths) {
      this.built.add(path);
    }
  }

  /** The files and folders that the task `compile` reads besides `src` and `tools`. */
  public get buildFiles(): string[] {
    return [...this.built].sort();
  }

  /**
   * Says which files and folders production reads besides compiled code and packages. They are among the build's files too.
   */
  public addShippedFiles(...paths: string[]): void {
    for (const path of paths) {
      this.shipped.add(path);
    }
  }

  /** The files and folders that production reads besides compiled code and packages. */
  public get shippedFiles(): string[] {
    return [...this.shipped].sort();
  }

  /**
   * Says which folder production reads that may not be there yet, such as the migrations of a new service.
   */
  public addShippedFolder(path: string): void {
    this.shippedOnceThere.add(path);
  }

  /** The folders that production reads and that may not be there yet. */
  public get shippedFolders(): string[] {
    return [...this.shippedOnceThere].sort();
  }

  /**
   * Says which folder of the machine the service writes to and expects to find again, such as `/data`.
   *
   * @param urls where config variables lead in it on a developer's machine, by their names; only the processes that get one of them
   *   need the folder. Without any, all do, and every URL of a file leads to the same one.
   */
  public addDataFolder(path: string, urls?: Readonly<Record<string, string>>): void {
    this.data.set(path, urls);
  }

  /** The folders of the machine that outlive the service. */
  public get dataFolders(): DataFolder[] {
    return [...this.data].map(([path, urls]) => ({ path, urls })).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /**
   * Says that of the files whose path in `node_modules` begins so, production loads those that the compiled code names.
   */
  public addFilesLoadedByName(start: string): void {
    this.named.add(start);
  }

  /** How the paths of files begin that production loads only when the compiled code names them. */
  public get filesLoadedByName(): string[] {
    return [...this.named].sort();
  }

  private install(source: string, destination: string, name: string, variant?: string): void {
    const key = posix.join(destination, name);
    if (this.installed.has(key)) {
      return;
    }
    const module = new AssetModule(posix.join(source, name), variant);
    this.installed.set(key, module);
    this.project.annotateGenerated(`/${destination === PLATFORM ? PLATFORM : key}/**`);
    for (const { source: asset, target } of module.files) {
      const owner = { component: `NodeRuntime, module ${key}`, change: 'the arguments and plugins it takes' };
      new OwnedText(this.project, posix.join(key, target), { owner, text: () => readAsset(asset) });
    }
    this.addDependencies(...module.dependencies);
    this.addDevDependencies(...module.devDependencies);
    for (const required of module.requires) {
      this.install('node/src/platform', PLATFORM, required, variant);
    }
    this.installBeside();
  }

  /** Whichever of two modules came first, what one needs beside the other is there once both are. */
  private installBeside(): void {
    for (const { beside } of this.installed.values()) {
      for (const [other, npmPackages] of Object.entries(beside)) {
        if (this.installed.has(posix.join(PLATFORM, other))) {
          this.addDependencies(...npmPackages);
        }
      }
    }
  }

  /** What runs in production wins over what only development needs, whoever asks first. */
  private require(type: DependencyType, npmPackages: readonly string[]): void {
    const { deps } = this.project;
    for (const name of npmPackages) {
      if (type === DependencyType.BUILD && deps.tryGetDependency(name, DependencyType.RUNTIME) !== undefined) {
        continue;
      }
      if (type === DependencyType.RUNTIME && deps.tryGetDependency(name, DependencyType.BUILD) !== undefined) {
        deps.removeDependency(name, DependencyType.BUILD);
      }
      deps.requestDependency({ name, version: versionOf(name), type });
    }
  }
}

function sorted(stores: readonly SecretStoreBinding[]): SecretStoreBinding[] {
  return [...stores].sort((a, b) => a.exportName.localeCompare(b.exportName));
}
