import type { Project } from 'projen';
import { OwnedText, type Owner } from '../files';
import { type Environment, type Service, ServiceListener } from '../service';
import { renderDotEnv, renderDotEnvExample, renderDotEnvOfPlatform } from './dot-env';

const OWNER: Owner = { component: 'SecretsConfig', change: 'service.config.add(…)' };

/**
 * `.env.example`, and a file for each environment: those of `dev` and `test` are read by the service, the others by people and
 * by what prepares the platform.
 */
export class EnvironmentFiles extends ServiceListener {
  constructor(
    private readonly project: Project,
    private readonly service: Service,
  ) {
    super();
    new OwnedText(project, '.env.example', { owner: OWNER, text: () => renderDotEnvExample(service) });
    this.write('test', () => renderDotEnv(service, 'test', 'what the tests run with'));
    project.addGitIgnore('.env');
    project.addGitIgnore('.env.local');
    service.subscribe(this);
  }

  public override environmentStated({ name }: Environment): void {
    // Refused by itself, with a better reason than that two environments share a file.
    if (name === 'test') {
      return;
    }
    const { service } = this;
    // Services read a file in dev and test only; elsewhere the platform provides everything.
    this.write(name, () =>
      name === 'dev'
        ? renderDotEnv(service, name, 'what the service runs with on a developer’s machine')
        : renderDotEnvOfPlatform(service, name),
    );
  }

  private write(environment: string, text: () => string): void {
    new OwnedText(this.project, `.env.${environment}`, { owner: OWNER, text });
  }
}
