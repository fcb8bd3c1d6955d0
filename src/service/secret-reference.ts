import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { referenceProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What there is to say about the place of a secret.
 */
export interface SecretReferenceProps extends FactProps {
  /**
   * The environment it is said of, by name.
   */
  readonly environment: string;

  /**
   * The secret store, by the name it has in that environment.
   */
  readonly store: string;

  /**
   * The secret's name or path in the store. Never its value.
   */
  readonly key: string;

  /**
   * The member of the secret, where the store keeps several values under one key.
   *
   * @default - the whole secret
   */
  readonly property?: string;
}

/**
 * Where the secret store of an environment keeps a secret.
 *
 * As a rule derived by what knows the store, and read by what mounts secrets, so that neither needs the other.
 *
 * @example
 * service.state(new SecretReference('STRIPE_API_KEY', { environment: 'prod', store: 'aws', key: 'orders/prod/stripe' }));
 */
export class SecretReference extends Fact {
  /** The config variable, by name. */
  public readonly variable: string;
  /** The environment, by name. */
  public readonly environment: string;
  /** The secret store. */
  public readonly store: string;
  /** The secret's name or path in the store. */
  public readonly key: string;
  /** The member of the secret. */
  public readonly property?: string;

  /**
   * @param variable the name of a secret config variable
   */
  constructor(variable: string, props: SecretReferenceProps) {
    super(FactKind.SECRET_REFERENCE, `${variable} in ${props.environment}`, props);
    this.variable = variable;
    this.environment = props.environment;
    this.store = props.store;
    this.key = props.key;
    this.property = props.property;
  }

  public problems(service: Service): ServiceProblem[] {
    return [
      ...referenceProblems(
        this,
        'secret config variable',
        this.variable,
        service.configVariables.filter(({ secret }) => secret),
      ),
      ...referenceProblems(this, 'environment', this.environment, service.environments),
      ...textProblems(this, { store: this.store, key: this.key }, { property: this.property }),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.secretReferenceStated(this);
  }
}
