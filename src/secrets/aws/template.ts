import { type ConfigVariable, RotationMethod, SecretRule, type Service } from '../../service';
import type { SecretsScope } from '../provider';
import type { AwsSecretsManagerOptions } from './aws-secrets-manager-options';
import { ref, sub } from './intrinsic';
import { firstKey, keyRotation } from './key-rotation';
import { placeOf } from './places';
import { auditPolicy, auditRole, type Resource, readPolicy, rotatePolicy } from './policies';

/**
 * A CloudFormation template with every secret of an environment, without values, and the rights to read, to rotate and to audit
 * exactly these.
 */
export function renderTemplate(
  scope: SecretsScope,
  environment: string,
  options: AwsSecretsManagerOptions,
): object | undefined {
  const { service } = scope;
  const variables = scope.secretsIn(environment);
  // A template without resources is none.
  if (variables.length === 0) {
    return undefined;
  }
  const own = variables.filter(({ name }) => options.existing?.[name] === undefined);
  const resources = variables.map((variable) => resourceOf(service, variable, environment, options));
  const reading = readPolicies(service, environment, resources, own.length > 0);
  const upkeep = upkeepPolicies(service, environment, resources, own.length > 0);
  const keys = own
    .filter((variable) => isGeneratedKey(service, variable))
    .map((variable) => ({
      variable,
      name: logicalName(variable.name),
      resource: resourceOf(service, variable, environment, options),
    }));
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Secrets of ${service.serviceName} in ${environment}, without values. Keys are generated; put the others in with "secrets:rotate" or the console.`,
    Resources: {
      ...(own.length > 0 ? keyOf(service, environment) : {}),
      ...Object.fromEntries(
        own.map((variable) => [logicalName(variable.name), secretOf(service, variable, environment)]),
      ),
      ...keyRotation(service, environment, keys),
      ...reading,
      ...upkeep,
      // Without a policy there is nothing to see.
      ...(options.audit !== undefined && 'AuditSecrets' in upkeep
        ? { AuditRole: auditRole(service, environment, options.audit) }
        : {}),
    },
    Outputs: Object.fromEntries(
      Object.keys({ ...reading, ...upkeep }).map((name) => [`${name}Policy`, { Value: ref(name) }]),
    ),
  };
}

/** The account administers its key; who may use it is up to the policies of the account. */
function keyOf({ serviceName }: Service, environment: string): Record<string, object> {
  return {
    Key: {
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Description: `Encrypts the secrets of ${serviceName} in ${environment}`,
        EnableKeyRotation: true,
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AccountAdministersKey',
              Effect: 'Allow',
              Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        },
      },
    },
    KeyAlias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: `alias/${serviceName}-${environment}-secrets`, TargetKeyId: ref('Key') },
    },
  };
}

function secretOf(service: Service, variable: ConfigVariable, environment: string): object {
  return {
    Type: 'AWS::SecretsManager::Secret',
    // A stack that is deleted by mistake must not take the secrets with it.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Name: placeOf(service, variable, environment, { region: '' }).key,
      Description: variable.description,
      KmsKeyId: ref('Key'),
      // AWS makes the first one; what another system issues is put in by a person.
      ...(isGeneratedKey(service, variable) ? { GenerateSecretString: firstKey(variable) } : {}),
      Tags: [
        { Key: 'service', Value: service.serviceName },
        { Key: 'environment', Value: environment },
      ],
    },
  };
}

/** What a person replaces cannot be replaced by a function; a login needs one who reaches the database and may change it. */
function isGeneratedKey(service: Service, { name, rotation }: ConfigVariable): boolean {
  return (
    rotation?.method === RotationMethod.GENERATED_KEY && service.tryFindWaiver(SecretRule.ROTATION, name) === undefined
  );
}

/** What a secret is to policies: the reference to its resource, or the ARN it must have. */
function resourceOf(
  service: Service,
  variable: ConfigVariable,
  environment: string,
  options: AwsSecretsManagerOptions,
): Resource {
  const { key } = placeOf(service, variable, environment, options);
  const own = options.existing?.[variable.name] === undefined;
  return { variable: variable.name, arn: own ? ref(logicalName(variable.name)) : arnOf(key) };
}

/** Secrets Manager ends every ARN with six characters of its own. */
function arnOf(key: string): unknown {
  return key.startsWith('arn:')
    ? key
    : sub(`arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${key}-??????`);
}

/** One policy for what every process reads, and one for each process that has secrets to itself or does not read all of the others. */
function readPolicies(
  service: Service,
  environment: string,
  resources: readonly Resource[],
  hasKey: boolean,
): Record<string, object> {
  const reserved = new Set(service.processes.flatMap(({ ownVariables }) => ownVariables));
  const shared = resources.filter(({ variable }) => !reserved.has(variable));
  const groups = [
    { name: 'ReadSecrets', whose: 'every process', mine: shared },
    ...service.processes.map((process) => {
      const { name, ownVariables, sharedSecrets } = process;
      const read = sharedSecrets === undefined ? ownVariables : service.variablesOf(process).map((one) => one.name);
      return {
        name: `ReadSecretsOf${logicalName(name)}`,
        whose: `the process ${name}, ${sharedSecrets === undefined ? 'besides' : 'instead of'} ReadSecrets`,
        mine: resources.filter(({ variable }) => read.includes(variable)),
      };
    }),
  ];
  return Object.fromEntries(
    groups
      .filter(({ mine }) => mine.length > 0)
      .map(({ name, whose, mine }) => [name, readPolicy(service, environment, whose, mine, hasKey)]),
  );
}

/** What is never replaced needs nobody who may replace it. */
function upkeepPolicies(
  service: Service,
  environment: string,
  resources: readonly Resource[],
  hasKey: boolean,
): Record<string, object> {
  const replaced = resources.filter(({ variable }) => !service.tryFindWaiver(SecretRule.ROTATION, variable));
  return replaced.length === 0
    ? {}
    : {
        RotateSecrets: rotatePolicy(service, environment, replaced, hasKey),
        AuditSecrets: auditPolicy(service, environment, replaced),
      };
}

/** `STRIPE_API_KEY` is `StripeApiKey` among the resources of a template. */
function logicalName(name: string): string {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
