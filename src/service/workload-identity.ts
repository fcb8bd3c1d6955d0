import { NetworkPeer } from './network-peer';
import type { SecretStoreConnection } from './secret-store';

/**
 * How the pods of a process are known to a cloud, without a key that somebody has to keep and replace.
 *
 * It says who they are; what they may do is said in the cloud, for this identity.
 *
 * @example
 * BackupStore.s3({ region: 'eu-west-1', identity: WorkloadIdentity.eksPodIdentity() });
 * BackupStore.s3({
 *   region: 'eu-west-1',
 *   identity: WorkloadIdentity.irsa({ prod: 'arn:aws:iam::123456789012:role/orders-backups' }),
 * });
 */
export class WorkloadIdentity {
  /**
   * EKS Pod Identity: the cluster knows the role, by an association with the service account, and an agent on the node hands it out.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  public static eksPodIdentity(): WorkloadIdentity {
    return new WorkloadIdentity('EKS Pod Identity', 'aws', () => ({}), [
      { name: 'pod-identity-agent', port: 80, peer: NetworkPeer.cidr('169.254.170.23/32') },
      { name: 'pod-identity-agent-ipv6', port: 80, peer: NetworkPeer.cidr('fd00:ec2::23/128') },
    ]);
  }

  /**
   * IAM roles for service accounts: the service account names its role, and AWS's token service takes its token for it.
   *
   * @param roleArns the role of each environment, such as `{ prod: 'arn:aws:iam::123456789012:role/orders-backups' }`
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  public static irsa(roleArns: Record<string, string>): WorkloadIdentity {
    return new WorkloadIdentity(
      'IAM roles for service accounts',
      'aws',
      (environment) => annotation('eks.amazonaws.com/role-arn', roleArns[environment]),
      [
        {
          name: 'aws-token-service',
          port: 443,
          peer: NetworkPeer.anywhere('AWS’s token service has no fixed addresses'),
        },
      ],
      {
        named: roleArns,
        pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/,
        example: 'arn:aws:iam::123456789012:role/orders-backups',
      },
    );
  }

  /**
   * Workload Identity Federation for GKE: the metadata server of the node hands tokens out.
   *
   * @param serviceAccounts the service account of Google that stands for it in each environment; without one, IAM knows the service
   * account of the cluster itself
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  public static gke(serviceAccounts: Record<string, string> = {}): WorkloadIdentity {
    // Where the packets of the metadata server end depends on what the cluster's network is made of.
    const [standard, dataplaneV2] = [NetworkPeer.cidr('169.254.169.252/32'), NetworkPeer.cidr('169.254.169.254/32')];
    return new WorkloadIdentity(
      'Workload Identity Federation for GKE',
      'google',
      (environment) => annotation('iam.gke.io/gcp-service-account', serviceAccounts[environment]),
      [
        { name: 'metadata-server', port: 988, peer: standard },
        { name: 'metadata-server-tls', port: 987, peer: standard },
        { name: 'metadata-server-dataplane-v2', port: 80, peer: dataplaneV2 },
        { name: 'metadata-server-dataplane-v2-tls', port: 8080, peer: dataplaneV2 },
      ],
      {
        named: serviceAccounts,
        pattern: /^[a-z0-9-]+@[a-z0-9.-]+\.iam\.gserviceaccount\.com$/,
        example: 'orders-backups@acme.iam.gserviceaccount.com',
        optional: true,
      },
    );
  }

  /**
   * Microsoft Entra Workload ID: the service account names a managed identity or an application, and Entra takes its token for it.
   *
   * @param clientIds the client id of each environment
   * @see https://azure.github.io/azure-workload-identity/docs/
   */
  public static azure(clientIds: Record<string, string>): WorkloadIdentity {
    return new WorkloadIdentity(
      'Microsoft Entra Workload ID',
      'azure',
      (environment) => annotation('azure.workload.identity/client-id', clientIds[environment]),
      [{ name: 'entra', port: 443, peer: NetworkPeer.anywhere('Microsoft Entra has no fixed addresses') }],
      {
        named: clientIds,
        pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        example: '00000000-0000-4000-8000-000000000000',
      },
      { 'azure.workload.identity/use': 'true' },
    );
  }

  private constructor(
    /** What it is called where people read of it. */
    public readonly title: string,
    /** @internal The cloud that knows it. */
    public readonly _cloud: string,
    private readonly annotate: (environment: string) => Record<string, string>,
    /** @internal Where pods get their credentials from. */
    public readonly _connections: readonly SecretStoreConnection[],
    private readonly names: Names = { named: {}, pattern: /./, example: '', optional: true },
    /** @internal What the pods say of themselves. */
    public readonly _podLabels: Readonly<Record<string, string>> = {},
  ) {}

  /** @internal What the service account says of itself in an environment. */
  public _annotationsIn(environment: string): Record<string, string> {
    return this.annotate(environment);
  }

  /** @internal Whether an environment lacks the name it is known by. */
  public _isMissingIn(environment: string): boolean {
    return this.names.optional !== true && this.names.named[environment] === undefined;
  }

  /** @internal Whether it says the same as another: who writes one twice means one. */
  public _equals(other: WorkloadIdentity): boolean {
    return this.title === other.title && nameList(this.names) === nameList(other.names);
  }

  /** @internal The environments that it says something of. */
  public get _environments(): string[] {
    return Object.keys(this.names.named);
  }

  /** @internal Names that cannot be meant, and what one looks like. */
  public _flaws(): Array<{ readonly environment: string; readonly value: string; readonly example: string }> {
    const { named, pattern, example } = this.names;
    return Object.entries(named).flatMap(([environment, value]) =>
      pattern.test(value) ? [] : [{ environment, value, example }],
    );
  }
}

/** What it is called by in the cloud, by environment. */
interface Names {
  readonly named: Record<string, string>;
  readonly pattern: RegExp;
  readonly example: string;
  /** Whether an environment can do without. */
  readonly optional?: boolean;
}

function nameList({ named }: Names): string {
  return JSON.stringify(Object.entries(named).sort());
}

function annotation(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
