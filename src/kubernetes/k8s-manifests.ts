import { Component, type Project, type Task } from 'projen';
import { OwnedJson, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Check, type Fact, Guide, type IDerivation, Replicas, Service, type ServiceProblem } from '../service';
import { typed } from '../service/option-shapes';
import { Blueprint, defaultReplicas, isDeployed, keepsDataInFile } from './blueprint';
import { certificateFacts, withoutCertificate } from './certificate-facts';
import { KubernetesGuide } from './guide';
import type { K8sManifestsOptions } from './k8s-manifests-options';
import { kebab, ManifestFiles } from './manifest-files';
import { standingOf } from './not-configured';
import { OPTIONS } from './option-types';
import { ManifestRules } from './rules';

const STATED_BY = 'K8sManifests';

/**
 * Something that makes objects of Kubernetes, such as a chart of cdk8s.
 *
 * @example
 * class Dashboards extends Chart {} // of cdk8s
 * service.kubernetes?.addChart(new Dashboards(new App(), 'dashboards'));
 */
export interface IK8sChart {
  /**
   * The objects, each with kind and name.
   */
  toJson(): any[];
}

/**
 * Manifests for Kubernetes that follow from the facts of the service.
 *
 * One object per file in `k8s/base/`, and what differs in `k8s/overlays/<environment>/`, put together by kustomize. A process becomes
 * a Deployment, a Job or a CronJob; a backing service becomes the one connection that a network policy allows; a secret
 * becomes a mounted file. It states how many of each process run.
 *
 * @example
 * const manifests = new K8sManifests(project, {
 *   image: 'registry.example.com/shop/orders',
 *   ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }),
 *   environments: { prod: { hosts: ['orders.example.com'], replicas: { web: { min: 3, max: 6 } } } },
 * });
 * manifests.addPatch('prod', { kind: 'Deployment', metadata: { name: 'orders-web' }, spec: { minReadySeconds: 10 } });
 */
export class K8sManifests extends Component {
  /**
   * The manifests of a project, if it has them.
   *
   * @param project any projen project
   */
  public static of(project: Project): K8sManifests | undefined {
    return project.components.find((component): component is K8sManifests => component instanceof K8sManifests);
  }

  private readonly service: Service;
  private readonly files: ManifestFiles;

  constructor(project: Project, given: K8sManifestsOptions = {}) {
    super(project, 'K8sManifests');
    this.service = Service.of(project);
    const { service } = this;
    const options: K8sManifestsOptions = typed(service, 'kubernetes', OPTIONS, given);
    const blueprint = new Blueprint(service, options);
    this.files = new ManifestFiles(project, blueprint);
    service.addDerivation(new DefaultReplicas());
    service.addValidation(new ManifestRules(blueprint, this.files));
    for (const fact of [...statedReplicas(options), ...certificates(blueprint)]) {
      service.state(fact);
    }
    service.state(
      new Guide('kubernetes', {
        ...KubernetesGuide.FRONT,
        text: new KubernetesGuide(blueprint, this.files),
        statedBy: STATED_BY,
      }),
    );
    if (NodeRuntime.supports(project)) {
      this.addTools(blueprint);
    }
  }

  /**
   * Adds an object of your own to the base.
   *
   * @param name the name of its file in `k8s/base`, without the ending
   * @param manifest the object, with apiVersion, kind and metadata.name
   */
  public addManifest(name: string, manifest: any): void {
    const problem = objectProblem(`kubernetes manifest ${name}`, manifest);
    if (problem !== undefined) {
      this.service.report(problem);
    } else if (typeof name !== 'string' || !DNS_LABEL.test(name)) {
      this.service.report({
        place: `kubernetes manifest ${name}`,
        message: 'names a file that is no DNS label',
        value: name,
        fix: 'use lower-case letters, digits and dashes, such as "limit-range"',
      });
    } else {
      this.files.object(name, () => manifest);
    }
  }

  /**
   * Adds every object of a chart to the base, in files named after kind and name. Give it when it is complete.
   *
   * @param chart anything that makes objects, such as a chart of cdk8s
   */
  public addChart(chart: IK8sChart): void {
    const objects = typeof chart?.toJson === 'function' ? chart.toJson() : undefined;
    if (!Array.isArray(objects)) {
      this.service.report({
        place: 'kubernetes chart',
        message: 'makes no objects of Kubernetes',
        fix: 'give a chart of cdk8s, or anything whose toJson() returns a list of them',
      });
      return;
    }
    for (const object of objects) {
      const problem = objectProblem('kubernetes chart', object);
      if (problem === undefined) {
        this.addManifest(`${kebab(object.kind)}-${object.metadata.name}`.replaceAll('.', '-'), object);
      } else {
        this.service.report(problem);
      }
    }
  }

  /**
   * Changes an object in one environment, by a strategic merge patch.
   *
   * @param environment the name of an environment
   * @param patch the kind, the name and what differs
   */
  public addPatch(environment: string, patch: any): void {
    if (typeof patch?.kind !== 'string' || typeof patch?.metadata?.name !== 'string') {
      this.service.report({
        place: `kubernetes patch in ${environment}`,
        message: 'does not say what it changes',
        fix: 'give it kind and metadata.name, and what differs',
      });
      return;
    }
    this.files.givePatch(environment, patch);
  }

  private addTools(blueprint: Blueprint): void {
    const { project, files, service } = this;
    NodeRuntime.of(project).installTools('kubernetes');
    new OwnedJson(project, 'tools/kubernetes/facts.json', {
      owner: TOOLS_OWNER,
      obj: () => ({
        service: service.serviceName,
        image: blueprint.options.image ?? blueprint.image,
        environments: Object.fromEntries(
          blueprint.environments.map(({ name }) => [
            name,
            {
              imageDigest: blueprint.settingsOf(name).imageDigest,
              jobs: files.jobNames(name),
              ...standingOf(blueprint, name),
            },
          ]),
        ),
      }),
    });
    this.verb(
      'render',
      'Prints the manifests of an environment: k8s:render <environment> [--image-digest sha256:…] [--incomplete]',
    );
    const check = this.verb(
      'check',
      'Builds the manifests and names what is not configured yet: k8s:check [environment]',
    );
    service.state(
      new Check('manifests', {
        task: check.name,
        description: 'The manifests of every environment can be put together',
        statedBy: STATED_BY,
      }),
    );
  }

  private verb(name: string, description: string): Task {
    const task = this.project.addTask(`k8s:${name}`, { description, receiveArgs: true });
    // As a list of arguments no shell reads them.
    task.execArgs(['tsx', `tools/kubernetes/${name}.ts`], { receiveArgs: true });
    return task;
  }
}

const TOOLS_OWNER: Owner = { component: 'K8sManifests', change: 'the option kubernetes' };

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/;

/** Where nobody says how many of a process run, there is a default. */
class DefaultReplicas implements IDerivation {
  public derive(stated: Service): Fact[] {
    const single = keepsDataInFile(stated);
    return stated.environments.filter(isDeployed).flatMap(({ name: environment, tier }) =>
      stated.processes
        .filter(({ isLongRunning }) => isLongRunning)
        .map(
          (process) =>
            new Replicas(process.name, {
              environment,
              ...defaultReplicas(process, tier, single),
              statedBy: STATED_BY,
            }),
        ),
    );
  }
}

function statedReplicas({ environments = {} }: K8sManifestsOptions): Fact[] {
  return Object.entries(environments).flatMap(([environment, { replicas = {} }]) =>
    Object.entries(replicas).map(
      ([process, { min, max }]) => new Replicas(process, { environment, min, max, statedBy: STATED_BY }),
    ),
  );
}

function certificates(blueprint: Blueprint): Fact[] {
  if (blueprint.isCalledInside) {
    return withoutCertificate();
  }
  return blueprint.hasCertificate ? certificateFacts(blueprint.name, blueprint.namespace) : [];
}

function objectProblem(place: string, object: any): ServiceProblem | undefined {
  const name = object?.metadata?.name;
  if (typeof object?.apiVersion !== 'string' || typeof object?.kind !== 'string' || typeof name !== 'string') {
    return { place, message: 'is no object of Kubernetes', fix: 'give it apiVersion, kind and metadata.name' };
  }
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)
    ? undefined
    : {
        place,
        message: 'has a name that is no DNS label',
        value: name,
        fix: 'use lower-case letters, digits and dashes, from a letter or digit to a letter or digit',
      };
}
