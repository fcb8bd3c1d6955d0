import { OwnedYaml, type Owner } from '../../files';
import { NodeRuntime } from '../../runtime/node';
import {
  ConfigType,
  ConfigVariable,
  NetworkPeer,
  SecretDelivery,
  type SecretStoreConnection,
  type Service,
} from '../../service';
import type { ISecretsProvider, SecretAccess, SecretKey, SecretsScope } from '../provider';
import { auditRoleArn } from './aws-audit';
import { AwsDelivery } from './aws-delivery';
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

  public accessIn(service: Service, environment: string): SecretAccess {
    const { region, roleArn } = this.options;
    const settings = { region, ...this.auditRole(service, environment) };
    // Whoever reads on behalf of the service takes on its role too.
    const accountAnnotations: Record<string, string> = roleArn === undefined ? {} : { [IRSA]: roleArn };
    return this.isReadByService
      ? { delivery: SecretDelivery.SERVICE, settings, connections: this.connections(), accountAnnotations }
      : { delivery: SecretDelivery.MOUNTED, settings, accountAnnotations };
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
        annotate: quoteDates,
      });
    }
    if (NodeRuntime.supports(project)) {
      this.bind(scope, NodeRuntime.of(project));
    }
  }

  private bind(scope: SecretsScope, runtime: NodeRuntime): void {
    const { service } = scope;
    runtime.installTools('secrets-aws');
    if (this.isReadByService) {
      runtime.installPlatform(MODULE);
      service.state(endpointVariable());
    }
    for (const environment of scope.environments) {
      const binding = {
        environment,
        exportName: 'awsSecretsManager',
      };
      const options = () => bindingOptions(service, scope.secretsIn(environment), environment, this.options);
      runtime.addSecretStore({
        ...binding,
        from: './secrets-aws/store.js',
        options: () => ({ ...options(), ...this.auditRole(service, environment) }),
      });
      if (this.isReadByService) {
        runtime.addSecretProvider({ ...binding, from: `./${MODULE}/provider.js`, options });
      }
    }
  }

  private auditRole({ serviceName }: Service, environment: string): { readonly auditRole?: string } {
    const { audit, region } = this.options;
    return audit === undefined ? {} : { auditRole: auditRoleArn(audit, region, serviceName, environment) };
  }

  private get isReadByService(): boolean {
    return (this.options.delivery ?? AwsDelivery.SERVICE) === AwsDelivery.SERVICE;
  }

  private connections(): SecretStoreConnection[] {
    const { peer, roleArn } = this.options;
    const agent = { name: 'pod-identity-agent', port: 80, peer: NetworkPeer.cidr(POD_IDENTITY_AGENT) };
    return [
      { name: this.store, port: 443, peer: peer ?? NetworkPeer.anywhere(CHANGING) },
      ...(roleArn === undefined ? [agent] : []),
    ];
  }
}

/** The versions of formats are dates to readers of YAML 1.1, and policies have texts there. */
function quoteDates(yaml: string): string {
  return yaml.replace(/(?<=: )\d{4}-\d{2}-\d{2}$/gm, "'$&'");
}

function endpointVariable(): ConfigVariable {
  return new ConfigVariable('AWS_ENDPOINT_URL_SECRETS_MANAGER', {
    type: ConfigType.url({ schemes: ['https', 'http'] }),
    optional: true,
    description: 'Where Secrets Manager is when not at its public address; the AWS SDK reads it',
    statedBy: 'SecretsConfig',
  });
}

const CHANGING = 'AWS answers at addresses that change; a VPC endpoint narrows it';
/** By which EKS knows the role of a service account. */
const IRSA = 'eks.amazonaws.com/role-arn';
/** Who hands out the credentials of EKS Pod Identity, on every node. */
const POD_IDENTITY_AGENT = '169.254.170.23/32';
