import { posix, relative, sep } from 'node:path';
import { Component, type Project } from 'projen';
import { OwnedYaml, type Owner } from '../files';
import { type SecretStore, Service, ServiceListener, type ServiceProblem } from '../service';
import { renderWorkflow } from './ci-workflow';
import { githubStores, renderConfigWorkflow } from './config-workflow';
import { GitHooks } from './git-hooks';
import { annotatePins } from './pinned-actions';
import { annotateSecrets, auditedEnvironments, renderSecretsWorkflow } from './secrets-workflow';

/**
 * What can be chosen about delivery.
 */
export interface DeliveryOptions {
  /**
   * The branch that is released from.
   *
   * @default "main"
   */
  readonly defaultBranch?: string;

  /**
   * The Node versions pull requests are checked on, newest last.
   *
   * @default - the current LTS only
   */
  readonly nodeVersions?: string[];
}

/**
 * Runs the checks that capabilities state: before a commit as a Git hook, and on pull requests as a workflow.
 *
 * The hook runs what must be quick; the workflow runs everything, with pinned actions and no permissions but reading.
 *
 * @example
 * new Delivery(project, { defaultBranch: 'trunk' });
 */
export class Delivery extends Component {
  /**
   * The delivery of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): Delivery | undefined {
    return project.components.find((component): component is Delivery => component instanceof Delivery);
  }

  constructor(project: Project, options: DeliveryOptions = {}) {
    super(project, 'Delivery');
    const service = Service.of(project);
    const folder = relative(project.root.outdir, project.outdir).split(sep).join(posix.sep);
    const suffix = folder === '' ? '' : `-${service.serviceName}`;
    new OwnedYaml(project.root, `.github/workflows/ci${suffix}.yml`, {
      owner: OWNER,
      obj: () => renderWorkflow(service, { ...options, folder }),
      annotate: annotatePins,
    });
    GitHooks.of(project.root).runChecksOf(service, folder);
    service.addValidation({ validate: (stated) => missingTasks(stated, project) });
    const workflow = (name: string) => `.github/workflows/${name}${suffix}.yml`;
    service.subscribe(
      new StoreWorkflow(project, workflow('config'), {
        verb: 'secrets:bind',
        change: 'the secrets that GitHub keeps',
        isNeeded: () => githubStores(service).length > 0,
        render: () => renderConfigWorkflow(service, folder),
      }),
    );
    service.subscribe(
      new StoreWorkflow(project, workflow('secrets'), {
        verb: 'secrets:check',
        change: 'service.secrets.use(…)',
        isNeeded: () => auditedEnvironments(service).length > 0,
        render: () => renderSecretsWorkflow(service, folder),
        annotate: (yaml) => annotateSecrets(yaml, service),
      }),
    );
  }
}

interface StoreWorkflowProps {
  /** The verb it runs, without which there is nothing to run. */
  readonly verb: string;
  /** Where it is changed, for whoever reads the file. */
  readonly change: string;
  readonly isNeeded: () => boolean;
  readonly render: () => object;
  /** Comments of its own. */
  readonly annotate?: (yaml: string) => string;
}

/** A workflow that comes with the first store it is for. */
class StoreWorkflow extends ServiceListener {
  private exists = false;

  constructor(
    private readonly project: Project,
    private readonly path: string,
    private readonly props: StoreWorkflowProps,
  ) {
    super();
  }

  public override secretStoreStated(_store: SecretStore): void {
    const { verb, change, isNeeded, render, annotate = (yaml) => yaml } = this.props;
    const hasVerb = this.project.tasks.tryFind(verb) !== undefined;
    if (!this.exists && hasVerb && isNeeded()) {
      this.exists = true;
      new OwnedYaml(this.project.root, this.path, {
        owner: { component: 'Delivery', change },
        obj: render,
        annotate: (yaml) => annotate(annotatePins(yaml)),
      });
    }
  }
}

const OWNER: Owner = { component: 'Delivery', change: 'the checks of the service' };

function missingTasks(service: Service, project: Project): ServiceProblem[] {
  return service.checks
    .filter(({ task }) => project.tasks.tryFind(task) === undefined)
    .map((check) => ({
      place: check.place,
      message: 'runs a task the project does not have',
      value: check.task,
      fix: `add the task with project.addTask('${check.task}'), or correct the name`,
    }));
}
