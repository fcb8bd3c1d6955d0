import type { ProcessIdentity, ServiceProcess } from '../service';
import type { Blueprint } from './blueprint';
import { outsideProbe } from './objects/monitoring';
import { processPolicy } from './objects/network';
import { resources, secretsVolume, secretVariables, temporaryVolume, tokenMounts, tokenVolumes } from './objects/pod';
import { certificate, httpRoute, ingress } from './objects/routes';
import { fixedReplicas } from './objects/workloads';

/**
 * What differs in an environment for the pods of a process: how many there are, resources, and secrets that not every environment has.
 */
export function podPatch(
  blueprint: Blueprint,
  process: ServiceProcess,
  environment: string,
  apiVersion: string,
  kind: string,
): object | undefined {
  const init = blueprint.jobsBefore(process);
  const container = containerPatch(blueprint, process, environment);
  const before = init.map((job) => containerPatch(blueprint, job, environment)).filter((patch) => patch !== undefined);
  const volumes = volumesPatch(blueprint, process, environment);
  const spec = {
    ...(before.length > 0 ? { initContainers: before } : {}),
    ...(container === undefined ? {} : { containers: [container] }),
    ...(volumes.length > 0 ? { volumes } : {}),
  };
  const template = isEmpty(spec) ? {} : { template: { spec } };
  const differs = {
    ...(kind === 'Deployment' && !blueprint.rollsOut(process) ? replicasPatch(blueprint, process, environment) : {}),
    ...(kind === 'CronJob' && !isEmpty(template) ? { jobTemplate: { spec: template } } : template),
  };
  return isEmpty(differs)
    ? undefined
    : { apiVersion, kind, metadata: { name: blueprint.nameOf(process) }, spec: differs };
}

/** How many pods a Rollout runs, which takes the rest of them from the Deployment. */
export function rolloutPatch(blueprint: Blueprint, process: ServiceProcess, environment: string): object | undefined {
  const spec = replicasPatch(blueprint, process, environment);
  return isEmpty(spec)
    ? undefined
    : { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: blueprint.nameOf(process) }, spec };
}

function replicasPatch(blueprint: Blueprint, process: ServiceProcess, environment: string): object {
  const here = fixedReplicas(blueprint, process, environment);
  return same(here, fixedReplicas(blueprint, process)) ? {} : here;
}

function containerPatch(blueprint: Blueprint, process: ServiceProcess, environment: string): object | undefined {
  const used = resources(blueprint, process, environment);
  const added = additions(secretVariables(blueprint, process), secretVariables(blueprint, process, environment));
  const mountsAreNew = blueprint.secretsOf(process).length === 0 && added.length > 0;
  const volumeMounts = [
    ...(mountsAreNew ? [{ name: 'secrets', mountPath: blueprint.secretsFolder, readOnly: true }] : []),
    ...tokenMounts(blueprint.storesReadBy(process, environment)),
  ];
  const patch = {
    ...(same(used, resources(blueprint, process)) ? {} : { resources: used }),
    ...(added.length > 0 ? { env: added } : {}),
    ...(volumeMounts.length > 0 ? { volumeMounts } : {}),
  };
  return isEmpty(patch) ? undefined : { name: process.name, ...patch };
}

function volumesPatch(blueprint: Blueprint, process: ServiceProcess, environment: string): object[] {
  const temporary = temporaryVolume(blueprint, process, environment);
  const mounts = blueprint.mountsOf(process, environment);
  return [
    ...(same(temporary, temporaryVolume(blueprint, process)) ? [] : [temporary]),
    ...(same(described(mounts), described(blueprint.mountsOf(process))) || mounts.length === 0
      ? []
      : [secretsVolume(mounts)]),
    ...tokenVolumes(blueprint.storesReadBy(process, environment)),
  ];
}

function described(mounts: ReturnType<Blueprint['mountsOf']>): unknown {
  return mounts.map(({ name, variables }) => [name, variables.map((variable) => variable.name)]);
}

/** Between how many the autoscaler chooses; where there is nothing to choose, it is taken away. */
export function autoscalerPatch(blueprint: Blueprint, process: ServiceProcess, environment: string) {
  const base = blueprint.replicasOf(process);
  const here = blueprint.replicasOf(process, environment);
  if (!blueprint.isAutoscaled(process) || (here.min === base.min && here.max === base.max)) {
    return undefined;
  }
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: blueprint.nameOf(process) },
    ...(blueprint.isAutoscaled(process, environment)
      ? { spec: { minReplicas: here.min, maxReplicas: here.max } }
      : { $patch: 'delete' }),
  };
}

/** How many keep running while nodes are drained, where somebody says so. */
export function disruptionPatch(blueprint: Blueprint, process: ServiceProcess, environment: string) {
  const minAvailable = blueprint.minAvailableOf(process, environment);
  return minAvailable === undefined
    ? undefined
    : {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: blueprint.nameOf(process) },
        // Taken from the base, because an object may have one of the two.
        spec: { minAvailable, maxUnavailable: null },
      };
}

/** Where backing services are, in environments that have their own. */
export function policyPatch(blueprint: Blueprint, process: ServiceProcess, environment: string) {
  const base = processPolicy(blueprint, process);
  const here = processPolicy(blueprint, process, environment);
  return here === undefined || same(base, here)
    ? undefined
    : {
        apiVersion: here.apiVersion,
        kind: here.kind,
        metadata: { name: here.metadata.name, annotations: here.metadata.annotations },
        spec: { egress: here.spec.egress },
      };
}

/** Who the pods are for the stores of an environment. */
export function accountPatch(blueprint: Blueprint, environment: string): object | undefined {
  const stores = blueprint.service.secretStores.filter((store) => store.environment === environment);
  const annotations = Object.assign({}, ...stores.map(({ accountAnnotations }) => accountAnnotations));
  return isEmpty(annotations)
    ? undefined
    : { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: blueprint.name, annotations } };
}

/** What an account of some processes is known by in an environment. */
export function identityPatch(
  blueprint: Blueprint,
  identity: ProcessIdentity | undefined,
  environment: string,
): object | undefined {
  const annotations = Object.assign({}, ...(identity?.identities ?? []).map((one) => one._annotationsIn(environment)));
  return Object.keys(annotations).length === 0
    ? undefined
    : { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: blueprint.accountOf(identity), annotations } };
}

/** The hosts of an environment, where they are known. */
export function hostPatches(blueprint: Blueprint, environment: string): Record<string, object | undefined> {
  const known = blueprint.settingsOf(environment).hosts !== undefined;
  const only = (object: any, ...members: string[]) =>
    object === undefined || !known
      ? undefined
      : {
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: { name: object.metadata.name },
          spec: Object.fromEntries(members.map((member) => [member, object.spec[member]])),
        };
  return {
    'http-route': only(httpRoute(blueprint, environment), 'hostnames'),
    ingress: only(ingress(blueprint, environment), 'tls', 'rules'),
    certificate: only(certificate(blueprint, environment), 'dnsNames'),
    probe: only(outsideProbe(blueprint, environment), 'targets'),
  };
}

function additions(base: object[], here: object[]): object[] {
  const known = base.map((entry) => JSON.stringify(entry));
  return here.filter((entry) => !known.includes(JSON.stringify(entry)));
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
