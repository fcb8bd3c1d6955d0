import type { NetworkPeer } from '../../service';
import type { AwsAudit } from './aws-audit';
import type { AwsDelivery } from './aws-delivery';

/**
 * What there is to say about secrets in AWS Secrets Manager.
 */
export interface AwsSecretsManagerOptions {
  /**
   * The region, such as `eu-west-1`. Where environments are in different regions, choose the store once for each.
   */
  readonly region: string;

  /**
   * Secrets that exist already, by config variable: a name or an ARN, and behind a `#` the member of the JSON object there, such as
   * `shared/stripe#apiKey`. The template does not make these; the policy lets the service read them.
   *
   * @default - none: the template makes every secret as `<service>/<environment>/<VARIABLE>`
   */
  readonly existing?: Record<string, string>;

  /**
   * How secrets get from there to the service.
   *
   * @default AwsDelivery.SERVICE
   */
  readonly delivery?: AwsDelivery;

  /**
   * The ARN of the role that has the policy ReadSecrets of the template, for clusters that give roles to service accounts by
   * annotation (IRSA), and for External Secrets, which takes it on. Where environments are in different accounts, choose the store once for each.
   *
   * @default - none: EKS Pod Identity, ECS or the machine gives the process its role
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  readonly roleArn?: string;

  /**
   * Where on the network Secrets Manager is, for network policies that let a service out to it that reads its secrets itself: the
   * subnets of the VPC endpoint, which with `roleArn` has to lead to AWS STS as well.
   *
   * @default - anywhere on port 443, since the public addresses of AWS change
   */
  readonly peer?: NetworkPeer;

  /**
   * Lets a scheduled workflow of the repository ask how old the secrets are: the template makes a role for it that sees that and
   * nothing else, and no key of AWS is kept at GitHub.
   *
   * @default - no workflow asks; `secrets:check` does, with the rights of whoever runs it
   */
  readonly audit?: AwsAudit;
}
