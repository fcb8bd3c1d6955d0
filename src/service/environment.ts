import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * How close an environment is to users; decides defaults and what is refused there.
 */
export enum EnvironmentTier {
  /** A developer's machine: embedded database, safe values, reset and seed allowed. */
  DEVELOPMENT = 'development',
  /** Deployed, but nobody depends on it. */
  STAGING = 'staging',
  /** Serves users. */
  PRODUCTION = 'production',
}

/**
 * What there is to say about an environment.
 */
export interface EnvironmentProps extends FactProps {
  /**
   * How close it is to users.
   *
   * @default EnvironmentTier.STAGING
   */
  readonly tier?: EnvironmentTier;
}

/**
 * A place the service runs in, named at run time by `APP_ENV`.
 *
 * `test` is not one of them: it is a run-time name for the test runner, never a deployment target.
 *
 * @example
 * service.state(new Environment('qa', { tier: EnvironmentTier.STAGING }));
 */
export class Environment extends Fact {
  /**
   * The environments of a service that states none: `dev`, `staging` and `prod`.
   */
  public static defaults(): Environment[] {
    return [
      new Environment('dev', { tier: EnvironmentTier.DEVELOPMENT, statedBy: 'Service' }),
      new Environment('staging', { tier: EnvironmentTier.STAGING, statedBy: 'Service' }),
      new Environment('prod', { tier: EnvironmentTier.PRODUCTION, statedBy: 'Service' }),
    ];
  }

  /**
   * How close it is to users.
   */
  public readonly tier: EnvironmentTier;

  /**
   * @param name the value of `APP_ENV`: lower-case letters, digits and dashes
   */
  constructor(name: string, props: EnvironmentProps = {}) {
    super(FactKind.ENVIRONMENT, name, props);
    this.tier = props.tier ?? EnvironmentTier.STAGING;
  }

  public problems(_service: Service): ServiceProblem[] {
    if (this.name === 'test') {
      return [
        {
          place: this.place,
          message: '"test" is what APP_ENV says while tests run, not a place to deploy to',
          fix: 'name the environment otherwise, such as "qa"',
        },
      ];
    }
    return nameProblems(this, 31, 'staging');
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.environmentStated(this);
  }
}

/**
 * Where an environment stands between development and users; for ordering.
 *
 * @internal
 */
export function tierRank(environment: Environment): number {
  return Object.values(EnvironmentTier).indexOf(environment.tier);
}
