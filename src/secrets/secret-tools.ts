import type { Project } from 'projen';
import { OwnedJson, OwnedText, type Owner } from '../files';
import { NodeRuntime, renderSecretStores } from '../runtime/node';
import { Check, CheckStage, type ConfigVariable, type Service, ServiceListener } from '../service';
import { rotatedDatabase } from './rotated-database';
import { toolFacts } from './tool-facts';

const OWNER: Owner = { component: 'SecretsConfig', change: 'service.config.add(…) and service.secrets.use(…)' };

/** What it does, by verb; the verb is the name of the task too. */
const VERBS: Record<string, string> = {
  'config:check':
    'Finds everything that is wrong with the configuration: [environment] [--explain] [--matrix] [--live]',
  'secrets:check': 'Finds secrets that are older than they may be: [environment]',
  'secrets:scan': 'Finds secrets in the repository and in its history',
  'secrets:rotate': 'Replaces a secret: <VARIABLE> <environment>',
};

/**
 * The verbs `config:*` and `secrets:*` of a Node project, and what they know of the service.
 */
export class SecretTools extends ServiceListener {
  private readonly runtime: NodeRuntime;
  private readonly logins: Record<string, string> = {};

  constructor(project: Project, service: Service) {
    super();
    this.runtime = NodeRuntime.of(project);
    this.runtime.installTools('secrets');
    new OwnedText(project, 'tools/secret-stores.ts', {
      owner: OWNER,
      text: () => renderSecretStores(this.runtime.secretStores, this.logins),
    });
    new OwnedJson(project, 'tools/secrets/facts.json', { owner: OWNER, obj: () => toolFacts(service) });
    for (const [verb, description] of Object.entries(VERBS)) {
      const task = project.addTask(verb, { description, receiveArgs: true });
      // As a list of arguments no shell reads them.
      task.execArgs(['tsx', 'tools/secrets/cli.ts', verb], { receiveArgs: true });
    }
    service.state(
      new Check('secrets', {
        task: 'secrets:scan',
        description: 'No secret is in the repository',
        stages: [CheckStage.PULL_REQUEST, CheckStage.RELEASE],
        statedBy: 'SecretsConfig',
      }),
    );
    service.subscribe(this);
  }

  /** Making passwords needs a driver of the database, which a service without such a secret does not get. */
  public override configVariableStated(variable: ConfigVariable): void {
    const database = rotatedDatabase(variable);
    if (database !== undefined) {
      this.runtime.installTools('secrets-logins');
      this.runtime.installTools(`secrets-${database}`);
      this.logins[`${database}Logins`] = `./secrets-${database}/logins.js`;
    }
  }
}
