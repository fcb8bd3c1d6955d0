import { Component, type Project } from 'projen';
import { NodeRuntime, pathOf } from '../runtime/node';
import {
  ConfigVariable,
  type ConfigVariableProps,
  type Fact,
  Guide,
  type IDerivation,
  type IServiceValidation,
  SecretRule,
  Service,
  type ServiceProblem,
  Waiver,
} from '../service';
import { typed } from '../service/option-shapes';
import { type Assignment, Assignments } from './assignments';
import { ConfigGuide } from './config-guide';
import { dotEnvProblems } from './dot-env';
import { EnvironmentFiles } from './environment-files';
import { refreshFacts } from './facts';
import { CHOICE, NAMED, VARIABLE } from './option-types';
import { overdueAlert } from './overdue-alert';
import { type ISecretsProvider, SecretsScope } from './provider';
import { rotationProblems } from './rotation-problems';
import { rotationRunbook } from './rotation-runbook';
import { SecretScan } from './secret-scan';
import { SecretTools } from './secret-tools';
import { waiverProblems } from './waiver-problems';

/**
 * For which secrets a store is chosen.
 */
export interface UseSecretsOptions {
  /**
   * The environments whose secrets it keeps, by name.
   */
  readonly environments: string[];

  /**
   * The secrets it keeps there, by name.
   *
   * @default - all that no other store of the environment is chosen for by name
   */
  readonly variables?: string[];
}

/**
 * Typed, validated configuration: each variable is declared once, and every file that mentions it is a view of that.
 *
 * From a declaration come the typed config module that a Node service reads (`src/platform/config.ts`),
 * `.env.example`, the files that services read in `dev` and `test`, those that say what the platform provides elsewhere, and the
 * guide. No secret value is ever written to a file. In a project that is not a Node project there is no config module and there are
 * no tasks; everything else is the same.
 *
 * @example
 * const config = new SecretsConfig(project);
 * config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] });
 * config.add('PAGE_SIZE', { type: ConfigType.integer({ min: 1, max: 100 }), defaultValue: 20, description: 'Rows on a page' });
 */
export class SecretsConfig extends Component {
  /**
   * The configuration of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): SecretsConfig | undefined {
    return project.components.find((component): component is SecretsConfig => component instanceof SecretsConfig);
  }

  /** The service whose variables these are. */
  public readonly service: Service;

  private readonly assignments: Assignments;

  constructor(project: Project) {
    super(project, 'SecretsConfig');
    this.service = Service.of(project);
    const { service } = this;
    this.assignments = new Assignments(service);
    service.addDerivation(new StoresOfSecrets(this.assignments));
    service.addValidation(new ConfigRules(this.assignments));
    new EnvironmentFiles(project, service);
    new SecretScan(project, service);
    service.state(
      new Guide('configuration', {
        ...ConfigGuide.FRONT,
        text: new ConfigGuide(NodeRuntime.supports(project) ? pathOf : undefined),
        statedBy: 'SecretsConfig',
      }),
    );
    service.state(rotationRunbook(NodeRuntime.supports(project)));
    if (NodeRuntime.supports(project)) {
      NodeRuntime.of(project).installConfig();
      for (const fact of refreshFacts()) {
        service.state(fact);
      }
      new SecretTools(project, service);
    }
  }

  /**
   * Declares a config variable of your own.
   *
   * What is wrong with it is reported at synthesis, with everything else that is.
   *
   * @param name upper-case words joined by underscores; `STRIPE_API_KEY` is read as `config.stripeApiKey`
   */
  public add(name: string, props: ConfigVariableProps): ConfigVariable {
    const { service } = this;
    const isNamed = typed(service, 'service.config.add', NAMED, { name }).name !== undefined;
    const known = isNamed ? name : 'UNNAMED';
    const given: Partial<ConfigVariableProps> = typed(service, `config variable ${known}`, VARIABLE, props);
    const variable = new ConfigVariable(known, isWhole(given) ? given : standIn(props));
    if (isNamed) {
      service.state(variable);
    }
    return variable;
  }

  /**
   * Chooses the store that keeps secrets of some environments. Without one, the platform mounts them as files.
   *
   * @param provider one of {@link SecretsProvider}, or your own
   * @param options the environments, and the secrets if not all of them
   */
  public use(provider: ISecretsProvider, options: UseSecretsOptions): void {
    const given: { provider?: ISecretsProvider; options?: UseSecretsOptions } = typed(
      this.service,
      'service.secrets.use',
      CHOICE,
      { provider, options },
    );
    if (given.provider === undefined || given.options === undefined) {
      return;
    }
    const { environments, variables } = given.options;
    const assignment = { provider: given.provider, environments, variables };
    this.assignments.add(assignment);
    given.provider.attach(new AssignedScope(this.project, this.service, assignment, this.assignments));
  }

  /**
   * Lets a secret be a plain environment variable where no developer is, on platforms that can do nothing else.
   *
   * @param name the name of a secret config variable
   * @param reason why that is right here; the guide shows it
   */
  public allowInEnvironment(name: string, reason: string): void {
    this.service.state(new Waiver(SecretRule.ENVIRONMENT, { subject: name, reason }));
  }

  /**
   * Excepts a secret from rotation.
   *
   * @param name the name of a secret config variable
   * @param reason why it is never replaced; the guide shows it
   */
  public neverRotate(name: string, reason: string): void {
    this.service.state(new Waiver(SecretRule.ROTATION, { subject: name, reason }));
  }
}

function isWhole(props: Partial<ConfigVariableProps>): props is ConfigVariableProps {
  return props.description !== undefined;
}

/** For a variable that is declared wrongly: what names it is right to, so that nothing but the declaration is reported. */
function standIn(props: ConfigVariableProps | undefined): ConfigVariableProps {
  return { description: 'declared wrongly', secret: Boolean(props?.secret), optional: true };
}

class AssignedScope extends SecretsScope {
  constructor(
    project: Project,
    service: Service,
    private readonly assignment: Assignment,
    private readonly assignments: Assignments,
  ) {
    super(project, service, [...assignment.environments]);
  }

  public secretsIn(environment: string): ConfigVariable[] {
    return this.assignments.secretsOf(this.assignment, environment);
  }
}

class StoresOfSecrets implements IDerivation {
  constructor(private readonly assignments: Assignments) {}

  public derive(stated: Service): Fact[] {
    const kept = this.assignments.facts();
    return [...kept, ...overdueAlert(stated, [...kept, ...stated.secretStores, ...stated.secretReferences])];
  }
}

class ConfigRules implements IServiceValidation {
  constructor(private readonly assignments: Assignments) {}

  public validate(service: Service): ServiceProblem[] {
    return [
      ...dotEnvProblems(service, ['test', ...service.environments.map(({ name }) => name)]),
      ...this.assignments.problems(),
      ...rotationProblems(service),
      ...waiverProblems(service),
    ];
  }
}
