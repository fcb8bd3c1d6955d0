import type { Project } from 'projen';
import {
  type Environment,
  type ProcessIdentity,
  ProcessKind,
  type SecretStore,
  ServiceListener,
  type ServiceProcess,
} from '../service';
import { type Blueprint, isDeployed } from './blueprint';
import { K8sIngressKind } from './k8s-ingress';
import { baseKustomization, overlayKustomization, releaseName } from './kustomization';
import { Manifest } from './manifest';
import { outsideProbe, podMonitor, prometheusRule } from './objects/monitoring';
import { acmePolicy, allowDns, defaultDeny, processPolicy } from './objects/network';
import { analysisTemplate, previewService, rollout } from './objects/rollout';
import { certificate, httpRoute, ingress, issuer, service } from './objects/routes';
import { horizontalPodAutoscaler, podDisruptionBudget, verticalPodAutoscaler } from './objects/scaling';
import { externalSecret, secretStore } from './objects/secrets';
import { dataVolume, namespace, serviceAccount } from './objects/shared';
import { cronJob, deployment, job } from './objects/workloads';
import {
  accountPatch,
  autoscalerPatch,
  disruptionPatch,
  hostPatches,
  identityPatch,
  podPatch,
  policyPatch,
  rolloutPatch,
} from './overlay-patches';

const BASE = 'k8s/base';

export function overlayFolder(environment: string): string {
  return `k8s/overlays/${environment}`;
}

/** A patch of the user's own. */
export interface GivenPatch {
  readonly environment: string;
  readonly path: string;
  readonly patch: any;
}

/**
 * One file for each object and each patch, as soon as the fact behind it is known.
 */
export class ManifestFiles extends ServiceListener {
  private readonly base = new Map<string, Manifest>();
  private readonly additions = new Map<string, Map<string, Manifest>>();
  private readonly patches = new Map<string, Map<string, Manifest>>();
  private readonly baseFile: Manifest;
  private readonly overlays = new Map<string, Manifest>();
  private readonly seen: ServiceProcess[] = [];
  private readonly accounts: string[] = [];
  private readonly given: GivenPatch[] = [];

  constructor(
    private readonly project: Project,
    private readonly blueprint: Blueprint,
  ) {
    super();
    project.annotateGenerated('/k8s/**');
    this.baseFile = new Manifest(project, `${BASE}/kustomization.yaml`, () =>
      baseKustomization(blueprint, present(this.base)),
    );
    this.object('namespace', () => namespace(blueprint));
    this.object('service-account', () => serviceAccount(blueprint));
    this.object('data-volume', () => dataVolume(blueprint));
    this.object('network-policy-default-deny', () => defaultDeny(blueprint));
    this.object('network-policy-dns', () => allowDns(blueprint));
    const { options } = blueprint;
    switch (options.ingress?._kind) {
      case K8sIngressKind.GATEWAY:
        this.object('http-route', () => httpRoute(blueprint));
        break;
      case K8sIngressKind.CONTROLLER:
        this.object('ingress', () => ingress(blueprint));
        this.object('certificate', () => certificate(blueprint));
        if (options.ingress._props.acmeEmail !== undefined) {
          this.object('issuer', () => issuer(blueprint));
          this.object('network-policy-acme', () => acmePolicy(blueprint));
        }
    }
    if (options.prometheusOperator !== undefined) {
      this.object('prometheus-rule', () => prometheusRule(blueprint));
      this.object('probe', () => outsideProbe(blueprint));
    }
    blueprint.service.subscribe(this);
  }

  /** Adds an object to the base, unless another has its file. */
  public object(name: string, obj: () => object | undefined): void {
    const file = `${name}.yaml`;
    if (this.base.has(file) || file === 'kustomization.yaml') {
      this.blueprint.service.report({
        place: `kubernetes manifest ${name}`,
        message: 'would have the file of another object',
        value: `${BASE}/${file}`,
        fix: 'give it another name; what is generated is changed by an override or a patch',
      });
      return;
    }
    this.base.set(file, new Manifest(this.project, `${BASE}/${file}`, obj));
  }

  /** Adds a patch of the user's own. */
  public givePatch(environment: string, patch: any): void {
    const name = `patch-${kebab(patch.kind)}-${patch.metadata.name}`;
    const others = this.given.filter((other) => other.environment === environment && other.path.includes(name)).length;
    const path = others === 0 ? name : `${name}-${others + 1}`;
    this.given.push({ environment, path: `${overlayFolder(environment)}/${path}.yaml`, patch });
    this.patch(environment, path, () => ({ apiVersion: this.apiVersionOf(patch), ...patch }));
  }

  /** The patches of the user's own. */
  public get givenPatches(): readonly GivenPatch[] {
    return this.given;
  }

  /** The objects that a patch of an environment can change, as `Kind name`. */
  public objectNames(environment: string): string[] {
    const differing = [...(this.patches.get(environment)?.values() ?? [])].map((patch) => patch.content());
    const removed = differing.filter((patch) => patch?.$patch === 'delete').map(nameOf);
    const added = [...(this.additions.get(environment)?.values() ?? [])].map((manifest) => manifest.content());
    const present = [...this.objects(), ...added.filter((content) => content !== undefined)].map(nameOf);
    const generated = (this.baseFile.content().configMapGenerator ?? []).map(({ name }: any) => `ConfigMap ${name}`);
    return [...present, ...generated].filter((name) => !removed.includes(name));
  }

  /** Objects that stand in several files, with those. */
  public get twins(): Array<readonly [name: string, files: string[]]> {
    const files = new Map<string, string[]>();
    for (const [file, manifest] of this.base) {
      const content = manifest.content();
      if (content !== undefined) {
        // Versions are different ways to see one object.
        const name = `${content.apiVersion.replace(/[^/]+$/, '')}${nameOf(content)}`;
        files.set(name, [...(files.get(name) ?? []), file]);
      }
    }
    return [...files].filter(([, of]) => of.length > 1).map(([, of]) => [nameOf(this.base.get(of[0]!)!.content()), of]);
  }

  /** Every file with its path, for rules that look at what is written in the end. */
  public contents(): Array<readonly [path: string, content: any]> {
    const differing = [this.additions, this.patches].flatMap((of) =>
      [...of.values()].flatMap((files) => [...files.values()]),
    );
    return [this.baseFile, ...this.base.values(), ...this.overlays.values(), ...differing]
      .map((manifest) => [manifest.path, manifest.content()] as const)
      .filter(([, content]) => content !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** How the pods of a process run in an environment, with what the user's own patches say about their replacement. */
  public deploymentSpec(process: ServiceProcess, environment: string): any {
    const deployment = this.base.get(`deployment-${process.name}.yaml`)?.content();
    for (const { minReadySeconds, strategy } of this.givenSpecs(environment, deployment)) {
      deployment.spec.minReadySeconds = minReadySeconds ?? deployment.spec.minReadySeconds;
      deployment.spec.strategy = { ...deployment.spec.strategy, ...strategy };
    }
    return deployment?.spec;
  }

  /** How Argo Rollouts replaces the pods of a process in an environment, if it does; the user's own patches included. */
  public rolloutSpec(process: ServiceProcess, environment: string): any {
    const rollout = this.base.get(`rollout-${process.name}.yaml`)?.content();
    for (const { rollbackWindow, strategy } of this.givenSpecs(environment, rollout)) {
      rollout.spec.rollbackWindow = rollbackWindow === undefined ? rollout.spec.rollbackWindow : rollbackWindow;
      const canary = { ...rollout.spec.strategy.canary, ...strategy?.canary };
      rollout.spec.strategy = { ...rollout.spec.strategy, ...strategy, ...(strategy?.canary ? { canary } : {}) };
    }
    return rollout?.spec;
  }

  /** The names that jobs of a release have in an environment. */
  public jobNames(environment: string): string[] {
    return this.blueprint.keepsDataInFile
      ? []
      : this.blueprint.jobs.map((process) => this.jobName(process, environment));
  }

  public override environmentStated(environment: Environment): void {
    const { name } = environment;
    if (!isDeployed(environment) || this.overlays.has(name)) {
      return;
    }
    const path = `${overlayFolder(name)}/kustomization.yaml`;
    this.overlays.set(name, new Manifest(this.project, path, () => this.overlay(name)));
    if (this.blueprint.settingsOf(name).hosts !== undefined) {
      for (const patched of ['http-route', 'ingress', 'certificate', 'probe'].filter((file) =>
        this.base.has(`${file}.yaml`),
      )) {
        this.patch(name, patched, () => hostPatches(this.blueprint, name)[patched]);
      }
    }
    for (const process of this.seen) {
      this.patchProcess(process, name);
    }
    for (const account of this.accounts) {
      this.patchAccount(account, name);
    }
  }

  public override identityStated({ name }: ProcessIdentity): void {
    const { blueprint } = this;
    this.accounts.push(name);
    this.object(`service-account-${name}`, () =>
      serviceAccount(
        blueprint,
        blueprint.service.identities.find((found) => found.name === name),
      ),
    );
    for (const environment of this.overlays.keys()) {
      this.patchAccount(name, environment);
    }
  }

  private patchAccount(name: string, environment: string): void {
    const { blueprint } = this;
    this.patch(environment, `service-account-${name}`, () =>
      identityPatch(
        blueprint,
        blueprint.service.identities.find((found) => found.name === name),
        environment,
      ),
    );
  }

  public override processStated(process: ServiceProcess): void {
    const { blueprint } = this;
    const { name } = process;
    this.seen.push(process);
    // Stated by several, it is the one that stands for all in the end.
    const known = (render: (blueprint: Blueprint, process: ServiceProcess) => object | undefined) => () =>
      render(blueprint, blueprint.service.processes.find((found) => found.name === name) ?? process);
    this.object(`network-policy-${name}`, known(processPolicy));
    switch (process.processKind) {
      case ProcessKind.JOB:
        this.object(`job-${name}`, known(job));
        break;
      case ProcessKind.SCHEDULED_JOB:
        this.object(`cron-job-${name}`, known(cronJob));
        break;
      default:
        this.object(`deployment-${name}`, known(deployment));
        this.object(`hpa-${name}`, known(horizontalPodAutoscaler));
        this.object(`pdb-${name}`, known(podDisruptionBudget));
        if (blueprint.options.resourceRecommendations) {
          this.object(`vpa-${name}`, known(verticalPodAutoscaler));
        }
        if (blueprint.options.prometheusOperator !== undefined) {
          this.object(`pod-monitor-${name}`, known(podMonitor));
        }
        if (process.processKind === ProcessKind.WEB) {
          this.object(`service-${name}`, known(service));
        }
        if (blueprint.rollsOut(process)) {
          this.object(`rollout-${name}`, known(rollout));
          this.object(`service-${name}-preview`, known(previewService));
          this.object(`analysis-template-${name}`, known(analysisTemplate));
        }
    }
    for (const environment of this.overlays.keys()) {
      this.patchProcess(process, environment);
    }
  }

  public override secretStoreStated(stated: SecretStore): void {
    const { environment, store } = stated;
    const { blueprint } = this;
    const found = () =>
      blueprint.service.secretStores.find((other) => other.store === store && other.environment === environment);
    if (this.overlays.has(environment)) {
      const folder = overlayFolder(environment);
      for (const [name, render] of [
        [`secret-store-${store}`, secretStore],
        [`external-secret-${store}`, externalSecret],
      ] as const) {
        const manifest = new Manifest(this.project, `${folder}/${name}.yaml`, () => render(blueprint, found()));
        into(this.additions, environment, `${name}.yaml`, manifest);
      }
      if (Object.keys(stated.accountAnnotations).length > 0) {
        this.patchOnce(environment, 'service-account', () => accountPatch(blueprint, environment));
      }
    }
  }

  /** Several facts may be behind one patch, in any order. */
  private patchOnce(environment: string, name: string, obj: () => object | undefined): void {
    if (!this.patches.get(environment)?.has(`${name}.yaml`)) {
      this.patch(environment, name, obj);
    }
  }

  private patch(environment: string, name: string, obj: () => object | undefined): void {
    const manifest = new Manifest(this.project, `${overlayFolder(environment)}/${name}.yaml`, obj);
    into(this.patches, environment, `${name}.yaml`, manifest);
  }

  private apiVersionOf({ kind, metadata }: any): string {
    return this.find(kind, metadata.name)?.apiVersion ?? 'v1';
  }

  private givenSpecs(environment: string, object: any): any[] {
    return this.given
      .filter(
        ({ environment: where, patch }) =>
          where === environment && patch.kind === object?.kind && patch.metadata.name === object?.metadata?.name,
      )
      .map(({ patch }) => patch.spec ?? {});
  }

  private find(kind: string, name: string): any {
    return this.objects().find((object) => object.kind === kind && object.metadata?.name === name);
  }

  private objects(): any[] {
    return [...this.base.values()].map((manifest) => manifest.content()).filter((content) => content !== undefined);
  }

  private patchProcess(stated: ServiceProcess, environment: string): void {
    const { blueprint } = this;
    const { name, processKind } = stated;
    const process = () => blueprint.service.processes.find((found) => found.name === name)!;
    const [file, apiVersion, kind] = workloadOf(processKind, name);
    this.patch(environment, file, () =>
      processKind === ProcessKind.JOB && blueprint.keepsDataInFile
        ? undefined
        : podPatch(blueprint, process(), environment, apiVersion, kind),
    );
    const { replicas } = blueprint.settingsOf(environment);
    this.patch(environment, `network-policy-${name}`, () => policyPatch(blueprint, process(), environment));
    if (kind === 'Deployment') {
      this.patch(environment, `hpa-${name}`, () => autoscalerPatch(blueprint, process(), environment));
      if (blueprint.rollsOut(stated)) {
        this.patch(environment, `rollout-${name}`, () => rolloutPatch(blueprint, process(), environment));
      }
      if (replicas?.[name]?.minAvailable !== undefined) {
        this.patch(environment, `pdb-${name}`, () => disruptionPatch(blueprint, process(), environment));
      }
    }
  }

  private overlay(environment: string): object {
    const patches = present(this.patches.get(environment)).map((path) => ({ path }));
    const jobs = this.blueprint.keepsDataInFile ? [] : this.blueprint.jobs;
    const renamed = jobs.map((process) => ({
      target: { kind: 'Job', name: this.blueprint.nameOf(process) },
      patch: `- op: replace\n  path: /metadata/name\n  value: ${this.jobName(process, environment)}\n`,
    }));
    // Renamed last, so that patches find the job by the name the base gave it.
    return overlayKustomization(this.blueprint, environment, present(this.additions.get(environment)), [
      ...patches,
      ...renamed,
    ]);
  }

  /**
   * From everything that makes up its pods, labels and configuration included, so that the name changes when they do: what a Job
   * runs can never be changed.
   */
  private jobName(process: ServiceProcess, environment: string): string {
    const { blueprint } = this;
    return releaseName(
      blueprint.nameOf(process),
      this.base.get(`job-${process.name}.yaml`)?.content(),
      ...[...(this.patches.get(environment) ?? [])].sort().map(([, patch]) => patch.content()),
      this.baseFile.overriding(baseKustomization(blueprint, [])),
      this.overlays.get(environment)?.overriding(overlayKustomization(blueprint, environment, [], [])),
    );
  }
}

function workloadOf(kind: ProcessKind, name: string): readonly [file: string, apiVersion: string, kind: string] {
  switch (kind) {
    case ProcessKind.JOB:
      return [`job-${name}`, 'batch/v1', 'Job'];
    case ProcessKind.SCHEDULED_JOB:
      return [`cron-job-${name}`, 'batch/v1', 'CronJob'];
    default:
      return [`deployment-${name}`, 'apps/v1', 'Deployment'];
  }
}

function nameOf({ kind, metadata }: any): string {
  return `${kind} ${metadata?.name}`;
}

/** `NetworkPolicy` as file names have it. */
export function kebab(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

function into(all: Map<string, Map<string, Manifest>>, environment: string, name: string, manifest: Manifest): void {
  const files = all.get(environment) ?? new Map<string, Manifest>();
  all.set(environment, files.set(name, manifest));
}

function present(files: ReadonlyMap<string, Manifest> = new Map()): string[] {
  return [...files]
    .filter(([, manifest]) => manifest.content() !== undefined)
    .map(([name]) => name)
    .sort();
}
