import { baseImage, reference } from '../files';
import type { NodeRuntime } from '../runtime/node';
import { ProcessKind, type Service, type ServiceProcess } from '../service';
import { USER } from './names';
import { probeCommand } from './probe-command';
import { programsBySource } from './programs';

export interface DockerfileOptions {
  readonly compiledFolder: string;
  readonly heapPercentage: number;
}

const NPM_CI = `RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \\
    npm ci --ignore-scripts --no-audit --no-fund`;

/**
 * Prints the `Dockerfile`.
 *
 * The stages that install and compile run on the builder's own platform, whatever the platform of the image: nothing of that is
 * emulated, and only the packages differ.
 */
export function renderDockerfile(service: Service, runtime: NodeRuntime, options: DockerfileOptions): string {
  return [
    `# syntax=${reference(baseImage('dockerfile-syntax'))}`,
    `# One image for every process of ${service.serviceName}; "npx projen image:build" builds it.`,
    packagesStage(),
    buildStage(runtime, options),
    productionStage(runtime, options),
    ...programsBySource(service).map(programsStage),
    runtimeStage(service, runtime, options),
  ].join('\n');
}

function packagesStage(): string {
  return `
# The packages of production, for the platform of the image. Private registries: --secret id=npmrc,src=$HOME/.npmrc
FROM --platform=$BUILDPLATFORM ${reference(baseImage('node-build'))} AS packages
WORKDIR /app
ARG TARGETARCH
COPY package.json package-lock.json ./
${NPM_CI} --omit=dev \\
    --os=linux --libc=glibc --cpu="$(node --print '({ amd64: "x64" })[process.env.TARGETARCH] ?? (process.env.TARGETARCH || process.arch)')"`;
}

function buildStage(runtime: NodeRuntime, { compiledFolder }: DockerfileOptions): string {
  const folders = [...runtime.shippedFolders, ...runtime.dataFolders.map(({ path }) => `/volume${path}`)];
  const shipped = ['package.json', compiledFolder, ...runtime.shippedFiles, ...runtime.shippedFolders];
  const steps = [
    'node_modules/.bin/projen compile',
    ...folders.map((folder) => `mkdir -p ${folder}`),
    // Who may read a file in the checkout is no part of the image.
    `chmod -R a+rX ${shipped.join(' ')}`,
  ];
  return `
# Compiles the service, with the packages of development
FROM --platform=$BUILDPLATFORM ${reference(baseImage('node-build'))} AS build
WORKDIR /app
COPY package.json package-lock.json ./
${NPM_CI}
COPY . .
RUN ${steps.join(' && ')}`;
}

function productionStage(runtime: NodeRuntime, { compiledFolder }: DockerfileOptions): string {
  return `
# Of the packages, what the compiled code can load: npm itself would leave the tools of development among them
FROM packages AS production
COPY --from=build /app/${compiledFolder} ./${compiledFolder}
COPY tools/container/prune.ts ./tools/container/
RUN ${['node tools/container/prune.ts', compiledFolder, ...runtime.filesLoadedByName].join(' ')}`;
}

function programsStage([source, programs]: readonly [string, string[]]): string {
  return `
# Programs that processes run besides Node, with the libraries they load
FROM ${reference(baseImage(source))} AS ${source}
COPY tools/container/collect-programs.sh /
RUN sh /collect-programs.sh ${programs.join(' ')}`;
}

function runtimeStage(service: Service, runtime: NodeRuntime, options: DockerfileOptions): string {
  const { compiledFolder, heapPercentage } = options;
  const base = baseImage('node-runtime');
  const first = mainProcess(service);
  const lines = [
    '# What runs: Node and what is copied here; no shell, no package manager',
    `FROM ${reference(base)}`,
    'WORKDIR /app',
    '# The heap follows the memory limit of the container',
    `ENV NODE_ENV=production NODE_OPTIONS=--max-old-space-size-percentage=${heapPercentage} PATH=/nodejs/bin:$PATH`,
    'COPY --from=production /app/node_modules ./node_modules',
    'COPY --from=build /app/package.json ./',
    ...runtime.shippedFiles.map((path) => `COPY --from=build /app/${path} ./${path}`),
    ...runtime.shippedFolders.map((path) => `COPY --from=build /app/${path} ./${path}`),
    `COPY --from=build /app/${compiledFolder} ./${compiledFolder}`,
    ...runtime.dataFolders.map(({ path }) => `COPY --from=build --chown=${USER} /volume${path} ${path}`),
    ...programsBySource(service).map(([source]) => `COPY --from=${source} /programs /`),
    '# Belongs to root, so the user it runs as cannot change it',
    `USER ${USER}`,
    ...exposed(service),
    'STOPSIGNAL SIGTERM',
    ...healthCheck(service, first, compiledFolder),
    ...labels(service, base),
    'ENTRYPOINT []',
    ...(first === undefined ? [] : [`CMD ${JSON.stringify(first.command)}`]),
  ];
  return `\n${lines.join('\n')}`;
}

/** Engines restart what is not healthy, so the image asks for liveness; what waits for readiness asks for that itself. */
function healthCheck(service: Service, process: ServiceProcess | undefined, compiledFolder: string): string[] {
  if (process?.livenessProbe === undefined) {
    return [];
  }
  const command = probeCommand(service, process, process.livenessProbe.path, compiledFolder);
  return [
    `HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \\
    CMD ${JSON.stringify(command)}`,
  ];
}

function labels(service: Service, base: { image: string; tag: string; digest: string }): string[] {
  const values: Record<string, string | undefined> = {
    title: service.serviceName,
    description: service.description,
    vendor: service.owner,
    'base.name': `${base.image}:${base.tag}`,
    'base.digest': base.digest,
  };
  const fixed = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `org.opencontainers.image.${name}=${JSON.stringify(value).replaceAll('$', '\\$')}`);
  const given = [
    'org.opencontainers.image.version="$VERSION"',
    'org.opencontainers.image.revision="$REVISION"',
    'org.opencontainers.image.source="$SOURCE"',
  ];
  return [
    ...['VERSION', 'REVISION', 'SOURCE'].map((name) => `ARG ${name}=unknown`),
    `LABEL ${[...fixed, ...given].join(' \\\n      ')}`,
  ];
}

/** What an image does that is told nothing: answer requests, where the service does. */
function mainProcess(service: Service): ServiceProcess | undefined {
  const { processes } = service;
  return (
    processes.find(({ processKind }) => processKind === ProcessKind.WEB) ??
    processes.find(({ isLongRunning }) => isLongRunning) ??
    processes[0]
  );
}

function exposed(service: Service): string[] {
  const variables = service.processes.flatMap(({ portVariable, managementPortVariable }) => [
    portVariable,
    managementPortVariable,
  ]);
  const ports = variables.map((name) => Number(service.tryFindConfigVariable(name ?? '')?.defaultValue));
  const known = [...new Set(ports.filter((port) => port > 0))].sort((a, b) => a - b);
  return known.length === 0 ? [] : [`EXPOSE ${known.join(' ')}`];
}
