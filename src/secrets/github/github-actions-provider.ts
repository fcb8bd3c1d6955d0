import { Component, type Project } from 'projen';
import { NodeRuntime } from '../../runtime/node';
import { ConfigState, type ConfigVariable, EnvironmentTier, SecretDelivery, type Service } from '../../service';
import { isOptional } from '../optional';
import type { ISecretsProvider, SecretAccess, SecretKey, SecretsScope } from '../provider';
import type { GithubActionsOptions } from './github-actions-options';
import { githubProblems } from './github-problems';

const TOOLS = 'secrets-github';

/**
 * Secrets of the environments of a GitHub repository, for what its workflows run.
 */
export class GithubActionsProvider implements ISecretsProvider {
  public readonly store = 'github';
  public readonly storeKind = 'github-actions';
  public readonly title = 'GitHub';

  constructor(private readonly options: GithubActionsOptions) {}

  public accessIn(service: Service, environment: string): SecretAccess {
    const { auditToken } = this.options;
    const settings = {
      environment: this.nameOf(service, environment),
      ...(auditToken === undefined ? {} : { auditToken }),
    };
    return { delivery: SecretDelivery.MOUNTED, settings };
  }

  public keyOf(_service: Service, { name }: ConfigVariable, _environment: string): SecretKey {
    return { key: name };
  }

  /** Workflows bind the secrets to files, so the service reads them as it reads everything that is mounted. */
  public attach(scope: SecretsScope): void {
    const { project, service, environments } = scope;
    service.addValidation({ validate: () => githubProblems(scope, this.options) });
    if (!NodeRuntime.supports(project)) {
      return;
    }
    GithubVerbs.addTo(project);
    for (const environment of environments) {
      NodeRuntime.of(project).addSecretStore({
        environment,
        exportName: 'githubStore',
        from: `./${TOOLS}/store.js`,
        options: () => this.storeOptions(scope, environment),
      });
    }
  }

  private storeOptions(scope: SecretsScope, environment: string): object {
    const { service } = scope;
    const tier = service.environments.find(({ name }) => name === environment)?.tier;
    const waived = this.options.unprotected?.[environment];
    const secrets = scope.secretsIn(environment);
    const optional = secrets.filter((variable) => isOptional(variable, environment)).map(({ name }) => name);
    return {
      environment,
      githubEnvironment: this.nameOf(service, environment),
      secrets: secrets.map(({ name }) => name),
      ...(optional.length > 0 ? { optional } : {}),
      variables: boundVariables(service, environment).map(({ name }) => name),
      ...(waived === undefined
        ? { approved: tier === EnvironmentTier.PRODUCTION }
        : { approved: false, unprotected: waived }),
    };
  }

  private nameOf({ project, serviceName }: Service, environment: string): string {
    return (
      this.options.environmentNames?.[environment] ??
      (project.parent === undefined ? environment : `${serviceName}-${environment}`)
    );
  }
}

/** What is no secret, and nobody in this repository has a value for. */
function boundVariables(service: Service, environment: string): ConfigVariable[] {
  return service.configVariables.filter(
    (variable) =>
      !variable.secret &&
      [ConfigState.MISSING, ConfigState.REFERENCED].includes(service.configState(variable, environment)),
  );
}

/** The verbs, once in a project. */
class GithubVerbs extends Component {
  public static addTo(project: Project): void {
    if (!project.components.some((component) => component instanceof GithubVerbs)) {
      new GithubVerbs(project);
    }
  }

  private constructor(project: Project) {
    super(project, 'GithubVerbs');
    NodeRuntime.of(project).installTools(TOOLS);
    const add = (verb: string, description: string) =>
      project
        .addTask(`secrets:${verb}`, { description, receiveArgs: true })
        // As a list of arguments no shell reads them.
        .execArgs(['tsx', `tools/${TOOLS}/cli.ts`, verb], { receiveArgs: true });
    add('push', 'Puts secrets into GitHub’s environment: <environment> [--from <folder>] [--dry-run]');
    add(
      'bind',
      'In a workflow, writes what the job was given to files, and names them for the steps after: <environment>',
    );
  }
}
