import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

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
   * How it is reached, by the store's own names: `region`, `address`, `role`. Never a credential. Where `delivery` is `service` or
   * `agent`, the service or an agent beside it reads the secrets, and nothing has to mount them.
   *
   * @default - nothing to say
   */
  readonly settings?: Record<string, string>;
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
  }

  public problems(service: Service): ServiceProblem[] {
    return [
      ...nameProblems(this, 31, 'aws', this.store),
      ...referenceProblems(this, 'environment', this.environment, service.environments),
      ...textProblems(this, { kind: this.storeKind, title: this.title, ...this.settings }),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.secretStoreStated(this);
  }
}
