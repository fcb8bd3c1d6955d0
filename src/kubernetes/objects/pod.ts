import { posix } from 'node:path';
import type { SecretStore, ServiceProcess } from '../../service';
import { type Blueprint, type MountedSecret, seconds, USER } from '../blueprint';
import { probesOf } from './probes';

/**
 * The template of the pods of a process: least privilege, and everything it may use named.
 */
export function podTemplate(blueprint: Blueprint, process: ServiceProcess): object {
  return {
    metadata: {
      labels: { ...blueprint.selectorOf(process), ...identityLabels(blueprint, process) },
      annotations: { 'kubectl.kubernetes.io/default-container': process.name },
    },
    spec: podSpec(blueprint, process),
  };
}

function podSpec(blueprint: Blueprint, process: ServiceProcess): object {
  const before = blueprint.jobsBefore(process);
  return {
    serviceAccountName: blueprint.accountOf(blueprint.identityOf(process)),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(process.isLongRunning ? {} : { restartPolicy: 'Never' }),
    terminationGracePeriodSeconds: seconds(process.terminationGrace),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      appArmorProfile: { type: 'RuntimeDefault' },
    },
    ...(process.isLongRunning ? { topologySpreadConstraints: spread(blueprint, process) } : {}),
    ...affinity(blueprint, process),
    ...(before.length > 0 ? { initContainers: before.map((job) => container(blueprint, job)) } : {}),
    containers: [container(blueprint, process)],
    volumes: volumes(blueprint, process),
  };
}

/** What asks a cloud's webhook for credentials. */
function identityLabels(blueprint: Blueprint, process: ServiceProcess): Record<string, string> {
  return Object.assign({}, ...(blueprint.identityOf(process)?.identities ?? []).map(({ _podLabels }) => _podLabels));
}

/** Over zones and over hosts, as far as there are any; each version by itself, so that a rollout ends well spread. */
function spread(blueprint: Blueprint, process: ServiceProcess): object[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: blueprint.selectorOf(process) },
    matchLabelKeys: ['pod-template-hash'],
  }));
}

/** A volume that one node can mount at a time brings all that use it to one node. */
function affinity(blueprint: Blueprint, process: ServiceProcess): object {
  const { keeper } = blueprint;
  if (!blueprint.keepsDataInFile || keeper === undefined || keeper.name === process.name) {
    return {};
  }
  return {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: blueprint.selectorOf(keeper) }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
  };
}

function container(blueprint: Blueprint, process: ServiceProcess): object {
  const ports = portsOf(blueprint, process);
  return {
    name: process.name,
    image: blueprint.image,
    imagePullPolicy: 'IfNotPresent',
    command: process.command,
    ...(ports.length > 0 ? { ports } : {}),
    envFrom: [
      { configMapRef: { name: blueprint.configName } },
      ...(blueprint.hasOwnConfig(process) ? [{ configMapRef: { name: blueprint.ownConfigName(process) } }] : []),
    ],
    ...withEnv(secretVariables(blueprint, process)),
    resources: resources(blueprint, process),
    ...(process.isLongRunning ? probesOf(blueprint, process) : {}),
    ...(process.portVariable === undefined
      ? {}
      : { lifecycle: { preStop: { sleep: { seconds: seconds(blueprint.preStop) } } } }),
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(blueprint.secretsOf(process).length > 0
        ? [{ name: 'secrets', mountPath: blueprint.secretsFolder, readOnly: true }]
        : []),
      ...(blueprint.keepsDataInFile ? [{ name: 'data', mountPath: '/data' }] : []),
    ],
  };
}

function withEnv(env: object[]): object {
  return env.length > 0 ? { env } : {};
}

/** Files are named to the service; the secrets themselves are never in the environment. */
export function secretVariables(blueprint: Blueprint, process: ServiceProcess, environment?: string): object[] {
  return blueprint
    .secretsOf(process, environment)
    .map((variable) => ({ name: variable.fileVariable, value: blueprint.secretPath(variable) }));
}

function portsOf(blueprint: Blueprint, process: ServiceProcess): object[] {
  const port = blueprint.portOf(process);
  const management = blueprint.managementPortOf(process);
  return [
    ...(port === undefined ? [] : [{ name: 'http', containerPort: port, protocol: 'TCP' }]),
    ...(management === undefined || management === port
      ? []
      : [{ name: 'management', containerPort: management, protocol: 'TCP' }]),
  ];
}

export function resources(blueprint: Blueprint, process: ServiceProcess, environment?: string): object {
  const { cpu, memory, memoryLimit, temporaryStorage } = blueprint.resourcesOf(process, environment);
  return {
    requests: { cpu: `${cpu}`, memory: `${memory}`, 'ephemeral-storage': `${temporaryStorage}` },
    // No limit of the processor: one would slow the process down while processors idle.
    limits: { memory: `${memoryLimit}`, 'ephemeral-storage': `${ephemeralLimit(temporaryStorage.toMebibytes())}Mi` },
  };
}

/** Logs that the node keeps count too. */
function ephemeralLimit(temporary: number): number {
  return temporary + 128;
}

function volumes(blueprint: Blueprint, process: ServiceProcess): object[] {
  return [
    temporaryVolume(blueprint, process),
    ...(blueprint.mountsOf(process).length > 0 ? [secretsVolume(blueprint.mountsOf(process))] : []),
    ...(blueprint.keepsDataInFile
      ? [{ name: 'data', persistentVolumeClaim: { claimName: `${blueprint.name}-data` } }]
      : []),
  ];
}

export function temporaryVolume(blueprint: Blueprint, process: ServiceProcess, environment?: string): object {
  return {
    name: 'tmp',
    emptyDir: { sizeLimit: `${blueprint.resourcesOf(process, environment).temporaryStorage}` },
  };
}

/** Tokens by which the stores that the process reads itself know it; they last an hour and are renewed. */
export function tokenVolumes(stores: readonly SecretStore[]): object[] {
  return tokensOf(stores).map(({ store, token: { audience, path } }) => ({
    name: `token-${store}`,
    projected: {
      defaultMode: 0o440,
      sources: [{ serviceAccountToken: { audience, expirationSeconds: 3600, path: posix.basename(path) } }],
    },
  }));
}

export function tokenMounts(stores: readonly SecretStore[]): object[] {
  return tokensOf(stores).map(({ store, token: { path } }) => ({
    name: `token-${store}`,
    mountPath: posix.dirname(path),
    readOnly: true,
  }));
}

function tokensOf(stores: readonly SecretStore[]) {
  return stores.flatMap(({ store, token }) => (token === undefined ? [] : [{ store, token }]));
}

/** Only the keys this process is given, readable by its group alone. */
export function secretsVolume(mounts: readonly MountedSecret[]): object {
  return {
    name: 'secrets',
    projected: {
      defaultMode: 0o440,
      sources: mounts.map(({ name, variables }) => ({
        secret: { name, items: variables.map((variable) => ({ key: variable.name, path: variable.name })) },
      })),
    },
  };
}
