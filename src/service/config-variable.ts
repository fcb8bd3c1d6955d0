import { ConfigShape, ConfigType } from './config-type';
import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { Rotation, RotationMethod } from './rotation';
import { textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import { Duration } from './values/duration';

/**
 * What there is to say about a config variable.
 */
export interface ConfigVariableProps extends FactProps {
  /**
   * What the variable is for, in a few words; shown wherever the variable is.
   */
  readonly description: string;

  /**
   * Its type and constraints.
   *
   * @default ConfigType.string()
   */
  readonly type?: ConfigType;

  /**
   * Whether its value must never be seen: not in a file we generate, a log line or an error.
   *
   * @default false
   */
  readonly secret?: boolean;

  /**
   * The value where no environment says otherwise. Not for secrets.
   *
   * @default - none: the variable must be given
   */
  readonly defaultValue?: any;

  /**
   * Values by environment (`dev`, `test`, `staging`, …). Not for secrets.
   *
   * @default - the same everywhere
   */
  readonly values?: Record<string, any>;

  /**
   * The environments that cannot do without it; elsewhere it may be absent.
   *
   * @default - all of them, unless there is a default or it is optional
   */
  readonly requiredIn?: string[];

  /**
   * The environments that can do without it, where all others cannot: `['dev', 'test']`.
   *
   * @default - none
   */
  readonly optionalIn?: string[];

  /**
   * Whether the service can do without it everywhere.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * What brings the value in an environment when it is not a file of ours, in words: `{ dev: 'the embedded PostgreSQL' }`.
   *
   * @default - the platform the service is deployed to
   */
  readonly providedBy?: Record<string, string>;

  /**
   * A value a reader can imitate. Never a real one.
   *
   * @default - none
   */
  readonly example?: string;

  /**
   * The group it is read in: `stripe` makes `STRIPE_API_KEY` be read as `config.stripe.apiKey`. Only what says so is in a group, so
   * a variable that is added never renames another.
   *
   * @default - none
   */
  readonly group?: string;

  /**
   * How often a secret is replaced. `service.secrets.neverRotate(…)` excepts one, with a reason.
   *
   * @default Duration.days(90)
   * @see https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final
   */
  readonly rotateEvery?: Duration;

  /**
   * How a secret is replaced.
   *
   * @default Rotation.manual()
   */
  readonly rotation?: Rotation;

  /**
   * Who replaces a secret, a team or a person.
   *
   * @default - the owner of the service
   */
  readonly rotatedBy?: string;
}

/**
 * A named, typed input of the service.
 *
 * Declared once; the typed config module, `.env.example`, the per-environment files,
 * manifests, log redaction and guides are all views of this declaration.
 *
 * @example
 * service.state(new ConfigVariable('STRIPE_API_KEY', { secret: true, description: 'Charges cards' }));
 */
export class ConfigVariable extends Fact {
  /** What it is for. */
  public readonly description: string;
  /** Its type and constraints. */
  public readonly type: ConfigType;
  /** Whether its value must never be seen. */
  public readonly secret: boolean;
  /** The value where no environment says otherwise. */
  public readonly defaultValue?: any;
  /** Values by environment. */
  public readonly values: Record<string, any>;
  /** The environments that cannot do without it; undefined means all. */
  public readonly requiredIn?: string[];
  /** The environments that can do without it, where all others cannot. */
  public readonly optionalIn: string[];
  /** Whether the service can do without it everywhere. */
  public readonly optional: boolean;
  /** What brings the value, by environment. */
  public readonly providedBy: Record<string, string>;
  /** A value a reader can imitate. */
  public readonly example?: string;
  /** The group it is read in. */
  public readonly group?: string;
  /** How often it is replaced; undefined for what is no secret. */
  public readonly rotateEvery?: Duration;
  /** How it is replaced; undefined for what is no secret. */
  public readonly rotation?: Rotation;
  /** Who replaces it. */
  public readonly rotatedBy?: string;

  /**
   * @param name upper-case letters, digits and underscores, such as `STRIPE_API_KEY`
   */
  constructor(name: string, props: ConfigVariableProps) {
    super(FactKind.CONFIG_VARIABLE, name, props);
    this.description = props.description;
    this.type = props.type ?? ConfigType.string();
    this.secret = props.secret ?? false;
    this.defaultValue = props.defaultValue;
    this.values = props.values ?? {};
    this.requiredIn = props.requiredIn;
    this.optionalIn = props.optionalIn ?? [];
    this.optional = props.optional ?? false;
    this.providedBy = props.providedBy ?? {};
    this.example = props.example;
    this.group = props.group;
    this.rotateEvery = props.rotateEvery ?? (this.secret ? Duration.days(90) : undefined);
    this.rotation = props.rotation ?? (this.secret ? Rotation.manual() : undefined);
    this.rotatedBy = props.rotatedBy;
  }

  /**
   * The variable that names a file with the value, for what mounts secrets as files.
   */
  public get fileVariable(): string {
    return `${this.name}_FILE`;
  }

  /**
   * The value this declaration gives an environment, or undefined when it gives none.
   *
   * @param environment an environment's name, or `test`
   */
  public valueIn(environment: string): any {
    return this.values[environment] ?? this.defaultValue;
  }

  /**
   * Whether the service cannot start in this environment without a value.
   *
   * @param environment an environment's name, or `test`
   */
  public isRequiredIn(environment: string): boolean {
    return (
      !this.optional &&
      this.defaultValue === undefined &&
      !this.optionalIn.includes(environment) &&
      (this.requiredIn?.includes(environment) ?? true)
    );
  }

  public problems(service: Service): ServiceProblem[] {
    return [
      ...this.namingProblems(),
      ...this.secrecyProblems(),
      ...this.valueProblems(),
      ...this.environmentProblems(service),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.configVariableStated(this);
  }

  private namingProblems(): ServiceProblem[] {
    const problems: ServiceProblem[] = [];
    if (!/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(this.name)) {
      problems.push({
        place: this.place,
        message: 'a config variable is named by upper-case words joined by single underscores',
        value: this.name,
        fix: 'rename it, for example to STRIPE_API_KEY',
      });
    }
    if (this.name === 'APP_ENV' || this.name.endsWith('_FILE')) {
      problems.push({
        place: this.place,
        message:
          this.name === 'APP_ENV'
            ? 'APP_ENV names the environment itself'
            : 'NAME_FILE is how a mounted file is given for NAME',
        fix: 'choose another name',
      });
    }
    const providers = Object.entries(this.providedBy).map(([environment, provider]) => [
      `provider in ${environment}`,
      provider,
    ]);
    if (this.group !== undefined && !/^[a-z][a-zA-Z0-9]*$/.test(this.group)) {
      problems.push({
        place: this.place,
        message: 'is in a group whose name is no lower-case word',
        value: this.group,
        fix: 'name the group as code would, for example "stripe"',
      });
    }
    return [
      ...problems,
      ...textProblems(
        this,
        { description: this.description, ...Object.fromEntries(providers) },
        { rotatedBy: this.rotatedBy },
      ),
    ];
  }

  private secrecyProblems(): ServiceProblem[] {
    if (!this.secret) {
      const rotates = this.rotateEvery ?? this.rotation ?? this.rotatedBy;
      return [
        ...(rotates === undefined
          ? []
          : [
              {
                place: this.place,
                message: 'only secrets rotate',
                fix: 'set secret: true, or drop rotateEvery, rotation and rotatedBy',
              },
            ]),
        ...(this.type.shape === ConfigShape.KEYS
          ? [{ place: this.place, message: 'has keys, which are secrets', fix: 'set secret: true' }]
          : []),
      ];
    }
    if (this.rotation?.method === RotationMethod.GENERATED_KEY && this.type.shape !== ConfigShape.KEYS) {
      return [
        {
          place: this.place,
          message:
            'is replaced by generated keys, of which two are valid together, but is not of a type that holds two',
          fix: 'give it the type ConfigType.keys(), or Rotation.manual()',
        },
      ];
    }
    if (this.rotateEvery?.toMillis() === 0) {
      return [
        {
          place: this.place,
          message: 'rotates without a pause',
          fix: 'give rotateEvery a length, such as Duration.days(90)',
        },
      ];
    }
    // The value itself stays out of the message: it may be the real one.
    return this.defaultValue === undefined && Object.keys(this.values).length === 0
      ? []
      : [
          {
            place: this.place,
            message: 'a secret has a value in .projenrc.ts, which would be committed',
            fix: 'drop the value, replace it where it was real, and let a provider or a mounted file bring it',
          },
        ];
  }

  private valueProblems(): ServiceProblem[] {
    const flaw = this.type.flaw();
    if (flaw !== undefined) {
      return [{ place: this.place, message: flaw, fix: 'correct the constraints of its type' }];
    }
    if (this.secret) {
      return [];
    }
    const stated: Array<[string, any]> = [['default', this.defaultValue], ...Object.entries(this.values)];
    return stated
      .filter(([, value]) => value !== undefined)
      .flatMap(([where, value]) => {
        const mismatch = this.type.mismatch(value);
        return mismatch === undefined
          ? []
          : [{ place: `${this.place}, ${where}`, message: mismatch, value, fix: `give a valid ${this.type.shape}` }];
      });
  }

  private environmentProblems(service: Service): ServiceProblem[] {
    // "dev" and "test" are on every developer's machine, whatever the service is deployed to.
    const known = [...new Set(['dev', ...service.environments.map(({ name }) => name), 'test'])];
    const problems: ServiceProblem[] = [
      ...new Set([
        ...Object.keys(this.values),
        ...(this.requiredIn ?? []),
        ...this.optionalIn,
        ...Object.keys(this.providedBy),
      ]),
    ]
      .filter((name) => !known.includes(name))
      .map((name) => ({
        place: this.place,
        message: 'names an environment the service does not have',
        value: name,
        fix: `use one of ${known.join(', ')}, or state the environment`,
      }));
    if (this.optional && this.requiredIn !== undefined) {
      problems.push({
        place: this.place,
        message: 'is optional and required at once',
        fix: 'drop either optional or requiredIn',
      });
    }
    return problems;
  }
}
