import {
  ConfigShape,
  ConfigState,
  type ConfigVariable,
  Cpu,
  Duration,
  type Environment,
  EnvironmentTier,
  Memory,
  type NetworkEdge,
  type NetworkPeer,
  type ProcessIdentity,
  ProcessKind,
  SecretDelivery,
  type SecretStore,
  type Service,
  type ServiceProcess,
} from '../service';
import { K8sIngressKind } from './k8s-ingress';
import type { K8sEnvironment, K8sManifestsOptions, K8sResources } from './k8s-manifests-options';
import { K8sRolloutKind } from './k8s-rollout';

/** The user and group of the image. */
export const USER = 10_001;

/** Where secrets are mounted; a folder of the service's own below it. */
const SECRETS_FOLDER = '/run/secrets';

/** The ports that URLs leave out. */
const WELL_KNOWN: Record<string, number> = { 'http:': 80, 'https:': 443 };

export const DEFAULT_PRE_STOP = Duration.seconds(3);

const DEFAULT_RESOURCES: Required<Omit<K8sResources, 'memoryLimit'>> = {
  cpu: Cpu.millis(250),
  memory: Memory.mebibytes(512),
  temporaryStorage: Memory.mebibytes(64),
};

/** One Secret that pods mount, and what is in it. */
export interface MountedSecret {
  readonly name: string;
  readonly variables: readonly ConfigVariable[];
}

/**
 * What the manifests need to know of the service, read from facts and options. Everything here is computed when it is asked for.
 */
export class Blueprint {
  constructor(
    public readonly service: Service,
    public readonly options: K8sManifestsOptions,
  ) {}

  public get name(): string {
    return this.service.serviceName;
  }

  public get namespace(): string {
    return this.options.namespace ?? this.name;
  }

  /** Where manifests are for: not on a developer's machine. */
  public get environments(): Environment[] {
    return this.service.environments.filter(isDeployed);
  }

  public get longRunning(): ServiceProcess[] {
    return this.service.processes.filter(({ isLongRunning }) => isLongRunning);
  }

  public get jobs(): ServiceProcess[] {
    return this.service.processes.filter(({ processKind }) => processKind === ProcessKind.JOB);
  }

  public settingsOf(environment: string): K8sEnvironment {
    return this.options.environments?.[environment] ?? {};
  }

  /** What an object of a process is called. */
  public nameOf(process: ServiceProcess): string {
    return `${this.name}-${process.name}`;
  }

  /** What pods of a process are selected by; never changes, because selectors cannot. */
  public selectorOf(process: ServiceProcess): Record<string, string> {
    return { 'app.kubernetes.io/name': this.name, 'app.kubernetes.io/component': process.name };
  }

  // Ports

  public portOf(process: ServiceProcess): number | undefined {
    return this.port(process.portVariable);
  }

  public managementPortOf(process: ServiceProcess): number | undefined {
    return this.port(process.managementPortVariable);
  }

  /** Under which name the pods offer the port of probes and metrics. */
  public managementPortName(process: ServiceProcess): string {
    const shared = process.portVariable !== undefined && this.portOf(process) === this.managementPortOf(process);
    return shared ? 'http' : 'management';
  }

  private port(variable: string | undefined): number | undefined {
    const found = variable === undefined ? undefined : this.service.tryFindConfigVariable(variable);
    // Pods have one port in every environment; another rule makes sure of it.
    return found === undefined ? undefined : Number(found.valueIn(this.environments[0]?.name ?? ''));
  }

  // Ways in

  /** The process that requests from outside are led to. */
  public get front(): ServiceProcess | undefined {
    const web = this.service.processes.filter(({ processKind }) => processKind === ProcessKind.WEB);
    const named = this.options.ingress?._props.process;
    if (named !== undefined) {
      return web.find(({ name }) => name === named);
    }
    return web.length === 1 ? web[0] : web.find(({ name }) => name === 'web');
  }

  public isFront(process: ServiceProcess): boolean {
    return this.front?.name === process.name;
  }

  /** Host names of an environment; a name that never resolves where there are none yet. */
  public hostsOf(environment?: string): readonly string[] {
    const hosts = environment === undefined ? undefined : this.settingsOf(environment).hosts;
    return hosts ?? [`${this.name}.invalid`];
  }

  /** Whether only pods of the cluster call it. */
  public get isCalledInside(): boolean {
    return this.options.ingress?._kind === K8sIngressKind.INTERNAL;
  }

  /** The hosts that can be asked from outside: no single name stands for a wildcard. */
  public probedHostsOf(environment?: string): string[] {
    return this.hostsOf(environment).filter((host) => !host.startsWith('*.'));
  }

  public get hasCertificate(): boolean {
    return this.options.ingress?._kind === K8sIngressKind.CONTROLLER;
  }

  // Connections

  /** What the pods of a process connect to, and where that is in an environment. */
  public edgesOf(process: ServiceProcess, environment?: string): NetworkEdge[] {
    const inPod = [process, ...this.jobsBefore(process)].map(({ name }) => name);
    const edges = [
      ...this.service.networkEdges.filter((edge) => inPod.includes(edge.process) && this.isReached(edge, environment)),
      ...this.edgesToStores(process, environment),
      ...this.edgesToCredentials(process),
    ];
    return edges
      .filter((edge, i) => edges.findIndex(({ backingService }) => backingService === edge.backingService) === i)
      .map((edge) => ({
        ...edge,
        peer: this.peerOf(edge, environment),
        port: this.portTo(edge, environment) ?? edge.port,
      }));
  }

  /** Whether there is anything to connect to: what is optional, and no URL leads to, is not there. The base has what all environments have. */
  private isReached(edge: NetworkEdge, environment: string | undefined): boolean {
    const variable = this.urlVariableOf(edge);
    const isThere = (where: string) =>
      variable === undefined ||
      this.service.configState(variable, where) !== ConfigState.ABSENT ||
      (this.settingsOf(where).optionalSecrets ?? []).includes(variable.name);
    return environment === undefined ? this.environments.every(({ name }) => isThere(name)) : isThere(environment);
  }

  /** The port of the URL, where it is known here: what a policy allows is what the service connects to. */
  private portTo(edge: NetworkEdge, environment: string | undefined): number | undefined {
    const variable = this.urlVariableOf(edge);
    const value = variable?.secret || environment === undefined ? undefined : variable?.valueIn(environment);
    if (typeof value !== 'string' || !URL.canParse(value)) {
      return undefined;
    }
    const { port, protocol } = new URL(value);
    return port === '' ? WELL_KNOWN[protocol] : Number(port);
  }

  private urlVariableOf({ backingService }: NetworkEdge): ConfigVariable | undefined {
    const found = this.service.backingServices.find(({ name }) => name === backingService);
    return found === undefined ? undefined : this.service.tryFindConfigVariable(found.urlVariable);
  }

  /** Only an environment has stores, so the base lets nobody out to one. */
  private edgesToStores(process: ServiceProcess, environment: string | undefined): NetworkEdge[] {
    return environment === undefined
      ? []
      : this.storesReadBy(process, environment).flatMap(({ connections }) =>
          connections.map(({ name, port, peer }) => ({ process: process.name, backingService: name, port, peer })),
        );
  }

  /** Where the credentials of its identity are. */
  private edgesToCredentials(process: ServiceProcess): NetworkEdge[] {
    return (this.identityOf(process)?.identities ?? []).flatMap(({ _connections }) =>
      _connections.map(({ name, port, peer }) => ({ process: process.name, backingService: name, port, peer })),
    );
  }

  private peerOf({ backingService, peer }: NetworkEdge, environment: string | undefined): NetworkPeer | undefined {
    const here = environment === undefined ? undefined : this.settingsOf(environment).peers?.[backingService];
    return here ?? this.options.peers?.[backingService] ?? peer;
  }

  // Identities

  /** What the pods of a process are known by besides the service's own account. */
  public identityOf(process: ServiceProcess): ProcessIdentity | undefined {
    return this.service.identities.find(({ processes }) => processes.includes(process.name));
  }

  public accountOf(identity: ProcessIdentity | undefined): string {
    return identity === undefined ? this.name : `${this.name}-${identity.name}`;
  }

  // Images

  /** What the base calls the image; overlays say where it is. */
  public get image(): string {
    return this.name;
  }

  // Resources and replicas

  public resourcesOf(process: ServiceProcess, environment?: string): Required<K8sResources> {
    const everywhere = this.options.resources?.[process.name];
    const here = environment === undefined ? undefined : this.settingsOf(environment).resources?.[process.name];
    const merged = { ...DEFAULT_RESOURCES, ...everywhere, ...here };
    const memoryLimit = here?.memoryLimit ?? (here?.memory ? here.memory : (everywhere?.memoryLimit ?? merged.memory));
    return { ...merged, memoryLimit };
  }

  /** How many run in an environment; the base has the first range there is, because only a range has an autoscaler. */
  public replicasOf(process: ServiceProcess, environment?: string): ReplicaRange {
    if (environment !== undefined) {
      const stated = this.service.tryFindReplicas(process.name, environment);
      return stated ?? defaultReplicas(process, EnvironmentTier.STAGING, this.keepsDataInFile);
    }
    const everywhere = this.environments.map(({ name }) => this.replicasOf(process, name));
    return everywhere.find(isRange) ?? everywhere[0] ?? defaultReplicas(process, EnvironmentTier.STAGING, true);
  }

  /** Whether an autoscaler says how many run in an environment, or in any where none is named. */
  public isAutoscaled(process: ServiceProcess, environment?: string): boolean {
    return isRange(this.replicasOf(process, environment));
  }

  /** Whether a pod must have ended before the next one starts. */
  public runsAlone(process: ServiceProcess): boolean {
    return this.keepsDataInFile || process.singleton;
  }

  public minAvailableOf(process: ServiceProcess, environment: string): number | undefined {
    return this.settingsOf(environment).replicas?.[process.name]?.minAvailable;
  }

  // Data in a file

  /** Whether the service keeps its data in a file, as it does with SQLite: one pod at a time can have it. */
  public get keepsDataInFile(): boolean {
    return keepsDataInFile(this.service);
  }

  /** The process beside which the others run, where they share a file. */
  public get keeper(): ServiceProcess | undefined {
    return this.front ?? this.longRunning[0];
  }

  /** Jobs that run before a process starts rather than by themselves. */
  public jobsBefore(process: ServiceProcess): ServiceProcess[] {
    return this.keepsDataInFile && this.keeper?.name === process.name ? this.jobs : [];
  }

  /** How long a new version may take: as long as the jobs before it, and then some. */
  public get progressDeadline(): Duration {
    const jobs = Math.max(0, ...this.jobs.map(({ deadline }) => deadline?.toMillis() ?? 0));
    return Duration.millis(jobs + Duration.minutes(5).toMillis());
  }

  // Rollout

  public rollsOut(process: ServiceProcess): boolean {
    return (
      process.processKind === ProcessKind.WEB &&
      (this.options.rollout?._kind ?? K8sRolloutKind.ROLLING) !== K8sRolloutKind.ROLLING
    );
  }

  public get preStop(): Duration {
    return this.options.preStop ?? DEFAULT_PRE_STOP;
  }

  // Configuration

  public get configName(): string {
    return `${this.name}-config`;
  }

  public ownConfigName(process: ServiceProcess): string {
    return `${this.nameOf(process)}-config`;
  }

  /** The plain variables that only some processes get. */
  public ownVariablesOf(process: ServiceProcess): ConfigVariable[] {
    return this.service.configVariables.filter(({ name, secret }) => !secret && process.ownVariables.includes(name));
  }

  /** Whether the plain variables of its own have a value anywhere; others are given by somebody else, or not at all. */
  public hasOwnConfig(process: ServiceProcess): boolean {
    return this.ownVariablesOf(process).some(
      (variable) =>
        variable.defaultValue !== undefined ||
        this.environments.some(({ name }) => variable.values[name] !== undefined),
    );
  }

  /** The plain variables that every process gets. */
  public get sharedVariables(): ConfigVariable[] {
    const own = this.service.processes.flatMap(({ ownVariables }) => ownVariables);
    return this.service.configVariables.filter(({ name, secret }) => !secret && !own.includes(name));
  }

  /** The variables that manifests agree with the service on, whatever its own defaults are. */
  public get portVariables(): ConfigVariable[] {
    const names = this.longRunning.flatMap(({ portVariable, managementPortVariable }) => [
      portVariable,
      managementPortVariable,
    ]);
    return this.sharedVariables.filter(({ name }) => names.includes(name));
  }

  // Secrets

  public secretPath(variable: ConfigVariable): string {
    return `${this.secretsFolder}/${variable.name}`;
  }

  public get secretsFolder(): string {
    return `${SECRETS_FOLDER}/${this.name}`;
  }

  /** The secrets a process is given in an environment; in all of them where none is named. */
  public secretsOf(process: ServiceProcess, environment?: string): ConfigVariable[] {
    return this.service
      .variablesOf(process)
      .filter(({ secret }) => secret)
      .filter((variable) =>
        environment === undefined
          ? this.environments.every(({ name }) => this.isMounted(variable, name))
          : this.isMounted(variable, environment),
      );
  }

  /** The Secrets that the pods of a process mount in an environment, those of jobs that run before it included. */
  public mountsOf(process: ServiceProcess, environment?: string): MountedSecret[] {
    const byName = new Map<string, ConfigVariable[]>();
    const all = [process, ...this.jobsBefore(process)].flatMap((one) => this.secretsOf(one, environment));
    for (const variable of [...new Set(all)]) {
      const name = this.secretNameOf(variable, environment);
      byName.set(name, [...(byName.get(name) ?? []), variable]);
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, variables]) => ({ name, variables }));
  }

  /** All secrets that some process is given in an environment. */
  public allSecretsIn(environment: string): ConfigVariable[] {
    return this.service.configVariables.filter(({ secret }) => secret).filter((it) => this.isMounted(it, environment));
  }

  /** The Secret that holds a variable: one for all, or one for each store where there are several. */
  public secretNameOf({ name }: ConfigVariable, environment?: string): string {
    const common = `${this.name}-secrets`;
    if (environment === undefined) {
      return common;
    }
    const stores = this.service.secretStores.filter((store) => store.environment === environment);
    const store = this.service.tryFindSecretReference(name, environment)?.store;
    return stores.length > 1 && store !== undefined ? `${this.name}-${store}` : common;
  }

  /**
   * Whether the service, or an agent beside it, gets a secret from its store, so that nothing has to mount it. A login that Vault
   * makes anew for each process can be had in no other way.
   */
  public isFetchedByService({ name }: ConfigVariable, environment: string): boolean {
    const reference = this.service.tryFindSecretReference(name, environment);
    const store = this.service.secretStores.find(
      (found) => found.environment === environment && found.store === reference?.store,
    );
    return (
      (store !== undefined && store.delivery !== SecretDelivery.MOUNTED) ||
      (store?.storeKind === 'vault' && reference?.property === undefined)
    );
  }

  /** The stores that the pods of a process read themselves. */
  public storesReadBy(process: ServiceProcess, environment: string): SecretStore[] {
    const inPod = [process, ...this.jobsBefore(process)].flatMap((one) => this.service.variablesOf(one));
    const stores = inPod.map(({ name }) => this.service.tryFindSecretReference(name, environment)?.store);
    return this.service.secretStores.filter(
      (found) =>
        found.environment === environment && found.delivery === SecretDelivery.SERVICE && stores.includes(found.store),
    );
  }

  private isMounted(variable: ConfigVariable, environment: string): boolean {
    if (this.isFetchedByService(variable, environment)) {
      return false;
    }
    return (
      this.service.configState(variable, environment) === ConfigState.REFERENCED ||
      (this.settingsOf(environment).optionalSecrets ?? []).includes(variable.name)
    );
  }
}

export function isDeployed({ tier }: Environment): boolean {
  return tier !== EnvironmentTier.DEVELOPMENT;
}

/** How many run at least and at most. */
export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
}

function isRange({ min, max }: ReplicaRange): boolean {
  return min < max;
}

/** How many of a process run where nobody says so. */
export function defaultReplicas(process: ServiceProcess, tier: EnvironmentTier, single: boolean): ReplicaRange {
  if (single || process.singleton) {
    return { min: 1, max: 1 };
  }
  const web = process.processKind === ProcessKind.WEB;
  if (tier === EnvironmentTier.PRODUCTION) {
    return web ? { min: 3, max: 6 } : { min: 2, max: 2 };
  }
  return web ? { min: 2, max: 2 } : { min: 1, max: 1 };
}

export function keepsDataInFile(service: Service): boolean {
  return service.configVariables.some(
    ({ type }) =>
      type.shape === ConfigShape.URL &&
      type.constraints['schemes']?.length === 1 &&
      type.constraints['schemes'][0] === 'file',
  );
}

/** A length of time in whole seconds, as Kubernetes counts it. */
export function seconds(duration: Duration): number {
  return Math.ceil(duration.toSeconds());
}
