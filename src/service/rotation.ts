/**
 * Who makes the new value of a secret.
 */
export enum RotationMethod {
  /** A person, in the system that issues it. */
  MANUAL = 'manual',
  /** `secrets:rotate`, which makes a random key. */
  GENERATED_KEY = 'generated key',
  /** `secrets:rotate`, which makes a new password for one of two database logins. */
  DATABASE_LOGIN = 'database login',
}

/**
 * What there is to say about a rotation by hand.
 */
export interface ManualRotationProps {
  /**
   * Whether the old value still works for a while after the new one does, so that nothing fails in between.
   *
   * @default false
   */
  readonly overlap?: boolean;
}

/**
 * How the value of a secret is replaced.
 *
 * @example
 * service.config.add('SESSION_KEYS', {
 *   secret: true,
 *   type: ConfigType.keys(),
 *   description: 'Signs sessions',
 *   rotation: Rotation.generatedKey(),
 * });
 */
export class Rotation {
  /**
   * A person gets a new value where the old one came from, and puts it into the store.
   */
  public static manual(props: ManualRotationProps = {}): Rotation {
    return new Rotation(RotationMethod.MANUAL, props.overlap ?? false);
  }

  /**
   * `secrets:rotate` makes a random key. The variable is of the type {@link ConfigType.keys}, so old and new are valid together:
   * the new one verifies before it signs, and the old one verifies until the next rotation.
   */
  public static generatedKey(): Rotation {
    return new Rotation(RotationMethod.GENERATED_KEY, true);
  }

  /**
   * `secrets:rotate` gives a new password to one of two logins that take turns. The other one stays valid until the next
   * rotation, so connections that are open and replicas that have not heard go on.
   */
  public static databaseLogin(): Rotation {
    return new Rotation(RotationMethod.DATABASE_LOGIN, true);
  }

  /** Who makes the new value. */
  public readonly method: RotationMethod;
  /** Whether old and new are valid together for a while. */
  public readonly overlap: boolean;

  private constructor(method: RotationMethod, overlap: boolean) {
    this.method = method;
    this.overlap = overlap;
  }
}
