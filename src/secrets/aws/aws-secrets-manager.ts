import { OwnedYaml, type Owner } from '../../files';
import { NodeRuntime } from '../../runtime/node';
import { BackingService, ConfigType, ConfigVariable, NetworkPeer, type Service } from '../../service';
import type { ISecretsProvider, SecretKey, SecretsScope } from '../provider';
import type { AwsSecretsManagerOptions } from './aws-secrets-manager-options';
import { optionProblems } from './option-problems';
import { bindingOptions, placeOf } from './places';
import { renderTemplate } from './template';

const MODULE = 'aws-secrets-manager';
const OWNER: Owner = {
  component: 'SecretsConfig',
  change: 'service.secrets.use(SecretsProvider.awsSecretsManager(…), …)',
};

/**
 * Secrets in AWS Secrets Manager: made by a CloudFormation template, read by the service with the official SDK.
 */
export class AwsSecretsManager implements ISecretsProvider {
  public readonly store = 'aws';
  public readonly storeKind = MODULE;
  public readonly title: string;

  constructor(private readonly options: AwsSecretsManagerOptions) {
    this.title = `AWS Secrets Manager in ${options.region}`;
  }

  public settingsIn(_service: Service, _environment: string): Record<string, string> {
    return { region: this.options.region };
  }

  public keyOf(service: Service, variable: ConfigVariable, environment: string): SecretKey {
    return placeOf(service, variable, environment, this.options);
  }

  public attach(scope: SecretsScope): void {
    const { project, service } = scope;
    service.addValidation({ validate: () => optionProblems(this.options, service) });
    for (const environment of scope.environments) {
      new OwnedYaml(project, `infrastructure/aws/secrets-${environment}.yaml`, {
        owner: OWNER,
        obj: () => renderTemplate(scope, environment, this.options),
      });
    }
    if (NodeRuntime.supports(project)) {
      this.bind(scope, NodeRuntime.of(project));
    }
  }

  private bind(scope: SecretsScope, runtime: NodeRuntime): void {
    const { service } = scope;
    runtime.installTools('secrets-aws');
    if (!this.options.mounted) {
      runtime.installPlatform(MODULE);
      for (const fact of connectionFacts()) {
        service.state(fact);
      }
    }
    for (const environment of scope.environments) {
      const binding = {
        environment,
        exportName: 'awsSecretsManager',
        options: () => bindingOptions(service, scope.secretsIn(environment), environment, this.options),
      };
      runtime.addSecretStore({ ...binding, from: './secrets-aws/store.js' });
      if (!this.options.mounted) {
        runtime.addSecretProvider({ ...binding, from: `./${MODULE}/provider.js` });
      }
    }
  }
}

/** Reading over the network is an edge that a network policy has to know of. */
function connectionFacts() {
  const statedBy = 'SecretsConfig';
  return [
    new ConfigVariable(ENDPOINT, {
      type: ConfigType.url({ schemes: ['https', 'http'] }),
      optional: true,
      description: 'Where Secrets Manager is when not at its public address; the AWS SDK reads it',
      statedBy,
    }),
    BackingService.http({
      name: MODULE,
      urlVariable: ENDPOINT,
      required: false,
      peer: NetworkPeer.anywhere('AWS answers at addresses that change; a VPC endpoint narrows it'),
      statedBy,
    }),
  ];
}

const ENDPOINT = 'AWS_ENDPOINT_URL_SECRETS_MANAGER';
