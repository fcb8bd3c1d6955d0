import { Component, type Project } from 'projen';
import { OwnedYaml, type Owner } from '../../files';
import { NodeRuntime } from '../../runtime/node';
import { Check, CheckStage, type Service } from '../../service';
import { addFileVerbs } from '../file-verbs';
import type { SopsChoice } from './sops-choice';
import { sopsProblems } from './sops-problems';

const OWNER: Owner = { component: 'SecretsConfig', change: 'the recipients of SecretsProvider.sops(…)' };
const TOOLS = 'secrets-sops';

/**
 * `.sops.yaml`, the verbs that work on encrypted files and the check that they are encrypted; once in a project, however often
 * SOPS is chosen.
 */
export class SopsFiles extends Component {
  public static of(project: Project): SopsFiles {
    const found = project.components.find((component): component is SopsFiles => component instanceof SopsFiles);
    return found ?? new SopsFiles(project);
  }

  private readonly choices: SopsChoice[] = [];

  private constructor(project: Project) {
    super(project, 'SopsFiles');
    new OwnedYaml(project, '.sops.yaml', {
      owner: OWNER,
      obj: () => ({ creation_rules: this.perEnvironment((choice, environment) => choice.rule(environment)) }),
      annotate: (yaml) => this.nameRecipients(yaml),
    });
  }

  public add(choice: SopsChoice): void {
    const { project, service, environments } = choice.scope;
    if (this.choices.length === 0 && NodeRuntime.supports(project)) {
      this.addVerbs(service);
    }
    this.choices.push(choice);
    service.addValidation({ validate: () => sopsProblems(choice) });
    if (NodeRuntime.supports(project)) {
      for (const environment of environments) {
        NodeRuntime.of(project).addSecretStore({
          environment,
          exportName: 'sops',
          from: `./${TOOLS}/store.js`,
          options: () => choice.storeOptions(environment),
        });
      }
    }
  }

  private addVerbs(service: Service): void {
    const { project } = this;
    NodeRuntime.of(project).installTools(TOOLS);
    addFileVerbs(project);
    this.addVerb('secrets:edit', 'edit', 'Opens the secrets of an environment in $EDITOR: secrets:edit <environment>');
    this.addVerb(
      'secrets:rekey',
      'rekey',
      'Encrypts again, for the recipients that .projenrc.ts names now: secrets:rekey [environment]',
    );
    this.addVerb('sops:check', 'check', 'Finds what is wrong with the encrypted files, without decrypting: sops:check');
    service.state(
      new Check('sops', {
        task: 'sops:check',
        description: 'Secrets in files are encrypted, complete and declared',
        stages: [CheckStage.COMMIT, CheckStage.PULL_REQUEST, CheckStage.RELEASE],
        statedBy: 'SecretsConfig',
      }),
    );
  }

  private addVerb(task: string, verb: string, description: string): void {
    // As a list of arguments no shell reads them.
    this.project
      .addTask(task, { description, receiveArgs: true })
      .execArgs(['tsx', `tools/${TOOLS}/cli.ts`, verb], { receiveArgs: true });
  }

  private perEnvironment<T>(render: (choice: SopsChoice, environment: string) => T): T[] {
    return this.choices
      .flatMap((choice) => choice.scope.environments.map((environment) => ({ choice, environment })))
      .sort((a, b) => a.environment.localeCompare(b.environment))
      .map(({ choice, environment }) => render(choice, environment));
  }

  /** Whose key each is, for whoever reviews who can read what. */
  private nameRecipients(yaml: string): string {
    const recipients = this.choices.flatMap((choice) => Object.values(choice.recipients).flat());
    const names = new Map(recipients.map(({ key, name }) => [key, name]));
    return yaml.replace(/^( +- )(["']?)(.+)\2$/gm, (line, _dash, _quote, key: string) =>
      names.has(key) ? `${line} # ${names.get(key)}` : line,
    );
  }
}
