import { readAsset } from '../../files';
import { ConfigShape, type ConfigVariable, type Service } from '../../service';
import { attribute, ref } from './intrinsic';
import { type Resource, usingKey } from './policies';

/** Secrets Manager rotates at least this often, in days. */
const LONGEST_INTERVAL = 1000;

/** The first key of the service's own, which AWS makes: letters and digits, which no list takes apart. */
export function firstKey({ type }: ConfigVariable): object {
  const shortest = type.shape === ConfigShape.KEYS ? Number(type.constraints.minLength ?? 0) : 0;
  return { PasswordLength: Math.max(64, shortest), ExcludePunctuation: true };
}

/**
 * What lets Secrets Manager rotate generated keys by itself: a function, who it is, what it may do, and when it is called.
 */
export function keyRotation(
  service: Service,
  environment: string,
  keys: readonly { readonly variable: ConfigVariable; readonly name: string; readonly resource: Resource }[],
): Record<string, object> {
  if (keys.length === 0) {
    return {};
  }
  const arns = keys.map(({ resource }) => resource.arn);
  return {
    RotateKeys: rotationFunction(service, environment),
    RotateKeysRole: role(service, environment, arns),
    RotateKeysLogs: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: { RetentionInDays: 90 },
    },
    RotateKeysPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref('RotateKeys'),
        Principal: 'secretsmanager.amazonaws.com',
        // Whoever else has a secret must not have this function called for it.
        SourceAccount: ref('AWS::AccountId'),
      },
    },
    ...Object.fromEntries(
      keys.map(({ variable, name }) => [
        `${name}Rotation`,
        {
          Type: 'AWS::SecretsManager::RotationSchedule',
          DependsOn: ['RotateKeysPermission', 'RotateKeysRole'],
          Properties: {
            SecretId: ref(name),
            RotationLambdaARN: attribute('RotateKeys', 'Arn'),
            // The first time it only adds the key that comes next.
            RotateImmediatelyOnUpdate: true,
            RotationRules: { AutomaticallyAfterDays: daysOf(variable) },
          },
        },
      ]),
    ),
  };
}

function rotationFunction(service: Service, environment: string): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Description: `Rotates generated keys of ${service.serviceName} in ${environment}, when Secrets Manager asks for it`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: readAsset('node/lambda/rotate-keys.cjs') },
      Role: attribute('RotateKeysRole', 'Arn'),
      Timeout: 30,
      MemorySize: 256,
      LoggingConfig: { LogGroup: ref('RotateKeysLogs') },
    },
  };
}

function role(service: Service, environment: string, arns: readonly unknown[]): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `Rotates generated keys of ${service.serviceName} in ${environment}`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'RotateKeys',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'Rotate',
                Effect: 'Allow',
                Action: [
                  'secretsmanager:DescribeSecret',
                  'secretsmanager:GetSecretValue',
                  'secretsmanager:PutSecretValue',
                  'secretsmanager:UpdateSecretVersionStage',
                ],
                Resource: [...arns],
              },
              usingKey('EncryptAndDecrypt', ['kms:Decrypt', 'kms:GenerateDataKey']),
              {
                Sid: 'Log',
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                // It ends with what stands for every stream.
                Resource: attribute('RotateKeysLogs', 'Arn'),
              },
            ],
          },
        },
      ],
    },
  };
}

function daysOf({ rotateEvery }: ConfigVariable): number {
  const days = Math.ceil((rotateEvery?.toMillis() ?? 0) / 86_400_000);
  return Math.min(Math.max(days, 1), LONGEST_INTERVAL);
}
