import { Component, type Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { ConfigVariable, type ConfigVariableProps, Environment, EnvironmentTier, Guide, Service, ServiceListener } from '../service';
import { ConfigGuide } from './config-guide';
import { renderDotEnv, renderDotEnvExample } from './dot-env';
import { namingProblems, renderConfigModule } from './node-config-module';

/**
 * Typed, validated configuration: each variable is declared once, and every file that mentions it is a view of that.
 *
 * From a declaration come the typed config module the service reads (`src/platform/config.ts`),
 * `.env.example`, the files of the environments that run on a developer's machine, and the guide.
 * No secret value is ever written to a file.
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
      NodeRuntime.of(project).installPlatform('config');
      new OwnedText(project, 'src/platform/config.ts', { owner: OWNER, text: () => renderConfigModule(service) });
      service.addValidation({ validate: namingProblems });
    }
    new OwnedText(project, '.env.example', { owner: OWNER, text: () => renderDotEnvExample(service) });
    service.subscribe(new LocalEnvironmentFiles(project, service));
    service.state(new Guide('configuration', { ...ConfigGuide.FRONT, text: new ConfigGuide(), statedBy: 'SecretsConfig' }));
    project.addGitIgnore('.env');
    project.addGitIgnore('.env.local');
  }

  /**
   * Declares a config variable of your own.
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

/** One file for each environment that runs on a developer's machine, and one for the tests. */
class LocalEnvironmentFiles extends ServiceListener {
  constructor(
    private readonly project: Project,
    private readonly service: Service,
  ) {
    super();
    this.write('test', 'what the tests run with');
  }

  public override environmentStated(environment: Environment): void {
    if (environment.tier === EnvironmentTier.DEVELOPMENT) {
      this.write(environment.name, 'what the service runs with on a developer’s machine');
    }
  }

  private write(environment: string, purpose: string): void {
    const { service } = this;
    new OwnedText(this.project, `.env.${environment}`, { owner: OWNER, text: () => renderDotEnv(service, environment, purpose) });
  }
}
