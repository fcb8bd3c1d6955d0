import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { memberOf, NodeRuntime } from '../runtime/node';
import {
  ConfigVariable,
  type ConfigVariableProps,
  type Environment,
  Guide,
  Service,
  ServiceListener,
} from '../service';
import { ConfigGuide } from './config-guide';
import { dotEnvProblems, renderDotEnv, renderDotEnvExample } from './dot-env';

/**
 * Typed, validated configuration: each variable is declared once, and every file that mentions it is a view of that.
 *
 * From a declaration come the typed config module that a Node service reads (`src/platform/config.ts`),
 * `.env.example`, the files that services read in `dev` and `test`, and the guide. No secret value is ever written to a
 * file. In a project that is not a Node project there is no config module; everything else is the same.
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

  constructor(project: Project) {
    super(project, 'SecretsConfig');
    this.service = Service.of(project);
    const { service } = this;
    if (NodeRuntime.supports(project)) {
      NodeRuntime.of(project).installConfig();
    }
    new OwnedText(project, '.env.example', { owner: OWNER, text: () => renderDotEnvExample(service) });
    service.subscribe(new LocalEnvironmentFiles(project, service));
    service.addValidation({ validate: (stated) => dotEnvProblems(stated, ['dev', 'test']) });
    service.state(
      new Guide('configuration', {
        ...ConfigGuide.FRONT,
        text: new ConfigGuide(NodeRuntime.supports(project) ? memberOf : undefined),
        statedBy: 'SecretsConfig',
      }),
    );
    project.addGitIgnore('.env');
    project.addGitIgnore('.env.local');
  }

  /**
   * Declares a config variable of your own.
   *
   * What is wrong with it is reported at synthesis, with everything else that is.
   *
   * @param name upper-case words joined by underscores; `STRIPE_API_KEY` is read as `config.stripeApiKey`
   */
  public add(name: string, props: ConfigVariableProps): ConfigVariable {
    const variable = new ConfigVariable(name, props);
    this.service.state(variable);
    return variable;
  }
}

const OWNER: Owner = { component: 'SecretsConfig', change: 'service.config.add(…)' };

/** Services read a file in these two environments only; elsewhere the platform provides everything. */
class LocalEnvironmentFiles extends ServiceListener {
  constructor(
    private readonly project: Project,
    private readonly service: Service,
  ) {
    super();
    this.write('test', 'what the tests run with');
  }

  public override environmentStated(environment: Environment): void {
    if (environment.name === 'dev') {
      this.write('dev', 'what the service runs with on a developer’s machine');
    }
  }

  private write(environment: string, purpose: string): void {
    const { service } = this;
    new OwnedText(this.project, `.env.${environment}`, {
      owner: OWNER,
      text: () => renderDotEnv(service, environment, purpose),
    });
  }
}
