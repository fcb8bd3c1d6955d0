import type { Service } from '../../service';
import { subjectOf } from '../workflow-audit';
import { type AwsAudit, auditRoleName } from './aws-audit';
import { attribute, ref, sub } from './intrinsic';

/** A secret as a policy names it. */
export interface Resource {
  readonly variable: string;
  readonly arn: unknown;
}

type Statement = Record<string, unknown>;

/** Reading these secrets, many in one request. */
export function readPolicy(
  service: Service,
  environment: string,
  whose: string,
  resources: readonly Resource[],
  hasKey: boolean,
): object {
  return policy(`Reads secrets of ${service.serviceName} in ${environment}: ${whose}`, [
    // It reads no more than GetSecretValue allows, and cannot itself be limited to some secrets.
    { Sid: 'ReadManyAtOnce', Effect: 'Allow', Action: 'secretsmanager:BatchGetSecretValue', Resource: '*' },
    { Sid: 'Read', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arns(resources) },
    ...(hasKey ? [usingKey('Decrypt', ['kms:Decrypt'])] : []),
  ]);
}

/** Reading and replacing these secrets. */
export function rotatePolicy(
  service: Service,
  environment: string,
  resources: readonly Resource[],
  hasKey: boolean,
): object {
  return policy(`Replaces secrets of ${service.serviceName} in ${environment}: for secrets:rotate`, [
    {
      Sid: 'Replace',
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:ListSecretVersionIds', 'secretsmanager:PutSecretValue'],
      Resource: arns(resources),
    },
    ...(hasKey ? [usingKey('EncryptAndDecrypt', ['kms:Decrypt', 'kms:GenerateDataKey'])] : []),
  ]);
}

/** Seeing how old these secrets are, and not what they hold. */
export function auditPolicy(service: Service, environment: string, resources: readonly Resource[]): object {
  return policy(`Sees the age of secrets of ${service.serviceName} in ${environment}: for secrets:check`, [
    { Sid: 'SeeAge', Effect: 'Allow', Action: 'secretsmanager:ListSecretVersionIds', Resource: arns(resources) },
  ]);
}

/** Who sees how old these secrets are: a workflow that GitHub vouches for, and no other of the repository's. */
export function auditRole(service: Service, environment: string, audit: AwsAudit): object {
  const github = 'token.actions.githubusercontent.com';
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: auditRoleName(service.serviceName, environment),
      Description: `Sees the age of secrets of ${service.serviceName} in ${environment}: for the scheduled workflow`,
      MaxSessionDuration: 3600,
      ManagedPolicyArns: [ref('AuditSecrets')],
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: {
              Federated: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${github}`),
            },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com', [`${github}:sub`]: subjectOf(audit) },
            },
          },
        ],
      },
    },
  };
}

function policy(description: string, statements: readonly Statement[]): object {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { Description: description, PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  };
}

function arns(resources: readonly Resource[]): unknown[] {
  return resources.map(({ arn }) => arn);
}

/** The key is for Secrets Manager's use on behalf of the service, not for the service's own. */
export function usingKey(sid: string, actions: readonly string[]): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: [...actions],
    Resource: attribute('Key', 'Arn'),
    Condition: {
      StringEquals: { 'kms:ViaService': sub('secretsmanager.${AWS::Region}.${AWS::URLSuffix}') },
    },
  };
}
