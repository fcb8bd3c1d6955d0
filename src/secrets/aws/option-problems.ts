import type { Service, ServiceProblem } from '../../service';
import { auditProblems } from '../workflow-audit';
import type { AwsSecretsManagerOptions } from './aws-secrets-manager-options';

/** What is wrong with how the store was described. */
export function optionProblems(
  { region, existing = {}, roleArn, audit }: AwsSecretsManagerOptions,
  { configVariables }: Service,
): ServiceProblem[] {
  const place = `SecretsProvider.awsSecretsManager in ${region}`;
  const secrets = configVariables.filter(({ secret }) => secret).map(({ name }) => name);
  return [
    ...(/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)
      ? []
      : [{ place, message: 'names no AWS region', value: region, fix: 'give one such as eu-west-1' }]),
    ...(roleArn === undefined || /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)
      ? []
      : [
          {
            place,
            message: 'names no role of AWS',
            value: roleArn,
            fix: 'give its ARN, such as arn:aws:iam::123456789012:role/orders',
          },
        ]),
    ...(audit === undefined ? [] : auditProblems(place, audit)),
    ...(audit === undefined || /^\d{12}$/.test(audit.account)
      ? []
      : [
          {
            place: `${place}, audit`,
            message: 'names no account',
            value: audit.account,
            fix: 'give its twelve digits',
          },
        ]),
    ...Object.keys(existing)
      .filter((name) => !secrets.includes(name))
      .map((value) => ({
        place,
        message: 'says where something is that is no secret config variable',
        value,
        fix: 'declare it with secret: true, or drop it from existing',
      })),
    ...Object.entries(existing)
      .filter(([, id]) => !/^(arn:aws[a-z-]*:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]+(#[^#]+)?$/.test(id))
      .map(([name, value]) => ({
        place: `${place}, ${name}`,
        message: 'is neither the name nor the ARN of a secret',
        value,
        fix: 'write it as shared/stripe, or as shared/stripe#apiKey for a member of a JSON object',
      })),
  ];
}
