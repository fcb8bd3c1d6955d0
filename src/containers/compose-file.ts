import { ProcessKind, type Service, type ServiceProcess } from '../service';
import { health, passwordOf } from './backing-containers';
import { type LocalBackingService, type LocalStack, SECRETS_FOLDER } from './local-stack';
import { localImage, USER } from './names';
import { probeCommand } from './probe-command';

export interface ComposeFileOptions {
  readonly image?: string;
  readonly compiledFolder?: string;
  /** Whether the image has the program that asks probes; otherwise its own HEALTHCHECK counts. */
  readonly probes: boolean;
}

/** The network of processes whose ports are published; what is internal cannot publish any. */
const FRONT = 'front';

/** The network of processes that talk to what is not on this machine. */
const OUTSIDE = 'outside';

/** The profile of what runs on a schedule in production. */
const JOBS = 'jobs';

/** What a container may do: nothing that it was not given. */
const LOCKED = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  pids_limit: 256,
};

/**
 * Renders `compose.yaml`.
 */
export function renderCompose(stack: LocalStack, options: ComposeFileOptions): object {
  const { service } = stack;
  const services: Array<[string, object]> = [
    ...service.processes.map((process): [string, object] => [process.name, processEntry(stack, process, options)]),
    ...stack.backingServices.map((backing): [string, object] => [backing.fact.name, backingEntry(stack, backing)]),
  ];
  return {
    name: service.serviceName,
    ...includes(service),
    services: Object.fromEntries(services),
    networks: networks(stack),
    ...section('volumes', volumeNames(stack), () => ({})),
    ...section('secrets', secretNames(stack), (name) => ({ file: `./${SECRETS_FOLDER}/${name}` })),
  };
}

function processEntry(stack: LocalStack, process: ServiceProcess, options: ComposeFileOptions): object {
  const { service } = stack;
  const secrets = stack.secretsOf(process);
  const volumes = stack.dataFoldersOf(process).map(({ path }) => `${volumeOf(path)}:${path}`);
  const ports = publishedPorts(service, process, stack.environment);
  return {
    image: options.image ?? localImage(service),
    // Nobody else's image of that name may take its place.
    ...(options.image === undefined ? { pull_policy: 'never' } : {}),
    command: process.command,
    ...(process.processKind === ProcessKind.SCHEDULED_JOB ? { profiles: [JOBS] } : {}),
    user: USER,
    environment: { ...stack.valuesOf(process), ...fromShell(stack, process) },
    ...(secrets.length > 0 ? { secrets } : {}),
    depends_on: dependencies(stack, process),
    healthcheck: healthCheck(service, process, options),
    ...network(stack, process, ports),
    ...(ports.length > 0 ? { ports } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    tmpfs: ['/tmp:size=64m'],
    ...LOCKED,
    mem_limit: '512m',
    stop_grace_period: `${process.terminationGrace.toSeconds()}s`,
    ...(process.isLongRunning ? { restart: 'on-failure' } : {}),
  };
}

function backingEntry(stack: LocalStack, { fact, container }: LocalBackingService): object {
  const { tmpfs, ...entry } = container.entry(fact.name, stack.databaseOf(fact)) as { readonly tmpfs: string[] };
  return {
    ...entry,
    ...(stack.isForJobsOnly(fact) ? { profiles: [JOBS] } : {}),
    ...(container.password ? { secrets: [passwordOf(fact.name)] } : {}),
    networks: [fact.name],
    volumes: [`${fact.name}-data:${container.dataFolder}`],
    tmpfs,
    ...LOCKED,
    restart: 'on-failure',
  };
}

/** What may run beside the service; a profile switches it on. */
function includes({ localContainers }: Service): object {
  return localContainers.length === 0 ? {} : { include: localContainers.map(({ files }) => ({ path: files })) };
}

/** Jobs run once per release, before anything else does. */
function dependencies(stack: LocalStack, process: ServiceProcess): object {
  const jobs = stack.service.processes.filter(
    (other) => other.processKind === ProcessKind.JOB && process.processKind !== ProcessKind.JOB,
  );
  return Object.fromEntries([
    ...jobs.map(({ name }) => [name, { condition: 'service_completed_successfully' }]),
    ...stack.partnersOf(process).map(({ fact }) => [
      fact.name,
      // A job cannot wait for what it came for; what runs on serves without what it can do without.
      { condition: fact.required || !process.isLongRunning ? 'service_healthy' : 'service_started' },
    ]),
  ]);
}

function healthCheck(service: Service, process: ServiceProcess, options: ComposeFileOptions): object | undefined {
  if (!process.isLongRunning) {
    return { disable: true };
  }
  const path = process.readinessProbe?.path ?? '/readyz';
  return options.probes ? health(...probeCommand(service, process, path, options.compiledFolder ?? 'dist')) : undefined;
}

function network(stack: LocalStack, process: ServiceProcess, ports: readonly string[]): object {
  const names = [
    ...(ports.length > 0 ? [FRONT] : []),
    ...(stack.leavesStack(process) ? [OUTSIDE] : []),
    ...stack.partnersOf(process).map(({ fact }) => fact.name),
    ...(process.isLongRunning ? stack.service.localContainers.map(({ network }) => network) : []),
  ];
  return names.length > 0 ? { networks: names } : { network_mode: 'none' };
}

function networks(stack: LocalStack): object {
  const { processes } = stack.service;
  const publishes = processes.some((process) => publishedPorts(stack.service, process, stack.environment).length > 0);
  return Object.fromEntries([
    ...(publishes ? [[FRONT, {}]] : []),
    ...(processes.some((process) => stack.leavesStack(process)) ? [[OUTSIDE, {}]] : []),
    ...stack.backingServices.map(({ fact }) => [fact.name, { internal: true }]),
  ]);
}

/** Of what answers requests, both ports; on loopback, so that only this machine reaches them. */
export function publishedPorts(service: Service, process: ServiceProcess, environment: string): string[] {
  if (process.processKind !== ProcessKind.WEB) {
    return [];
  }
  const published = new Map<number, string>();
  for (const name of [process.portVariable, process.managementPortVariable]) {
    const port = Number(service.tryFindConfigVariable(name ?? '')?.valueIn(environment));
    if (name !== undefined && port > 0 && !published.has(port)) {
      published.set(port, `127.0.0.1:\${${name}:-${port}}:${port}`);
    }
  }
  return [...published.values()];
}

function volumeNames(stack: LocalStack): string[] {
  return [
    ...stack.dataFolders.map(({ path }) => volumeOf(path)),
    ...stack.backingServices.map(({ fact }) => `${fact.name}-data`),
  ];
}

function volumeOf(folder: string): string {
  return folder.replace(/^\//, '').replaceAll('/', '-');
}

function secretNames(stack: LocalStack): string[] {
  const { passwords, texts, asked } = stack.secretFiles();
  return [...Object.keys(texts), ...Object.keys(asked), ...passwords].sort();
}

/** What leads to containers that may be there or not: a variable without a value is that of the shell, if it has one. */
function fromShell(stack: LocalStack, process: ServiceProcess): object {
  const { service } = stack;
  const names = process.isLongRunning ? service.localContainers.flatMap(({ variables }) => variables) : [];
  const stated = stack.valuesOf(process);
  const open = names.filter((name) => service.tryFindConfigVariable(name) !== undefined && !(name in stated));
  return Object.fromEntries(open.map((name) => [name, null]));
}

function section(title: string, names: readonly string[], entry: (name: string) => object): object {
  return names.length === 0 ? {} : { [title]: Object.fromEntries(names.map((name) => [name, entry(name)])) };
}
