import type { WorkflowAudit } from '../workflow-audit';

/**
 * The scheduled workflow that may ask AWS how old secrets are, by a role that the template makes for it.
 */
export interface AwsAudit extends WorkflowAudit {
  /**
   * The account the template is deployed to, twelve digits. It has to have GitHub as an identity provider.
   *
   * @see https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
   */
  readonly account: string;
}

/** The name of the role, which has to be known before there is one. */
export function auditRoleName(service: string, environment: string): string {
  return `${service}-${environment}-secrets-audit`;
}

export function auditRoleArn({ account }: AwsAudit, region: string, service: string, environment: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:role/${auditRoleName(service, environment)}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
