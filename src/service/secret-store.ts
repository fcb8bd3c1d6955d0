import { Fact, FactKind, type FactProps } from './fact';
import type { NetworkPeer } from './network-peer';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems, textProblems } from './rules';
import { SecretDelivery } from './secret-delivery';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * Somewhere the service has to reach to read its secrets.
 */
export interface SecretStoreConnection {
  /**
   * What it is called; the name of the store, or of what the service logs in by.
   */
  readonly name: string;

  /**
   * The port it listens on.
   */
  readonly port: number;

  /**
   * Where on the network it is.
   *
   * @default - not configured yet: deployments that derive network rules ask for it
   */
  readonly peer?: NetworkPeer;
}

/**
 * A token of the service's own account, by which a store knows who asks.
 */
export interface SecretStoreToken {
  /**
   * Whom it is for; nobody else takes it.
   */
  readonly audience: string;

  /**
   * The file it is mounted as, in the service's own file system.
   */
  readonly path: string;
}

/**
 * What there is to say about a secret store.
 */
export interface SecretStoreProps extends FactProps {
  /**
   * The environment whose secrets it keeps, by name.
   */
  readonly environment: string;

  /**
   * What it is, as the field calls it: `aws-secrets-manager`, `vault`, `sops`, `github-actions`.
   */
  readonly storeKind: string;

  /**
   * What it is called where people read of it, such as `AWS Secrets Manager in eu-west-1`.
   */
  readonly title: string;

  /**
   * How it is reached, by the store's own names: `region`, `address`, `role`. Never a credential.
   *
   * @default - nothing to say
   */
  readonly settings?: Record<string, string>;

  /**
   * Who brings its secrets to the service.
   *
   * @default SecretDelivery.MOUNTED
   */
  readonly delivery?: SecretDelivery;

  /**
   * What processes connect to that read their secrets themselves.
   *
   * @default - nothing
   */
  readonly connections?: SecretStoreConnection[];

  /**
   * A token that processes need to read their secrets.
   *
   * @default - none
   */
  readonly token?: SecretStoreToken;

  /**
   * What the service account has to say of itself for the store to know it, such as the role it takes on.
   *
   * @default - nothing
   */
  readonly accountAnnotations?: Record<string, string>;
}

/**
 * A store that keeps secrets of one environment.
 *
 * Read by what connects to it on behalf of the service, such as an operator that mounts secrets into a cluster.
 *
 * @example
 * service.state(new SecretStore('aws', { environment: 'prod', storeKind: 'aws-secrets-manager', title: 'AWS Secrets Manager' }));
 */
export class SecretStore extends Fact {
  /** The name it has among the stores of its environment. */
  public readonly store: string;
  /** The environment, by name. */
  public readonly environment: string;
  /** What it is. */
  public readonly storeKind: string;
  /** What it is called where people read of it. */
  public readonly title: string;
  /** How it is reached. */
  public readonly settings: Record<string, string>;
  /** Who brings its secrets to the service. */
  public readonly delivery: SecretDelivery;
  /** What processes connect to that read their secrets themselves. */
  public readonly connections: SecretStoreConnection[];
  /** A token that processes need to read their secrets. */
  public readonly token?: SecretStoreToken;
  /** What the service account has to say of itself. */
  public readonly accountAnnotations: Record<string, string>;

  /**
   * @param store lower-case letters, digits and dashes; {@link SecretReference} names it
   */
  constructor(store: string, props: SecretStoreProps) {
    super(FactKind.SECRET_STORE, `${store} in ${props.environment}`, props);
    this.store = store;
    this.environment = props.environment;
    this.storeKind = props.storeKind;
    this.title = props.title;
    this.settings = props.settings ?? {};
    this.delivery = props.delivery ?? SecretDelivery.MOUNTED;
    this.connections = props.connections ?? [];
    this.token = props.token;
    this.accountAnnotations = props.accountAnnotations ?? {};
  }

  /**
   * Whether a workflow may ask how old its secrets are. What mounts files says nothing, and SOPS is asked by its history in Git.
   */
  public get isAudited(): boolean {
    const { auditRole, auditToken } = this.settings;
    return ['platform', 'sops'].includes(this.storeKind) || auditRole !== undefined || auditToken !== undefined;
  }

  public problems(service: Service): ServiceProblem[] {
    return [
      ...nameProblems(this, 31, 'aws', this.store),
      ...referenceProblems(this, 'environment', this.environment, service.environments),
      ...textProblems(this, {
        kind: this.storeKind,
        title: this.title,
        ...this.settings,
        ...this.accountAnnotations,
        ...(this.token && { audience: this.token.audience, 'path of the token': this.token.path }),
      }),
      ...this.connections.flatMap(({ name, peer }) => {
        const flaw = peer?.flaw();
        return flaw === undefined ? [] : [{ place: `${this.place}, ${name}`, message: flaw, fix: 'correct its peer' }];
      }),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.secretStoreStated(this);
  }
}
