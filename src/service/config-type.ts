import { Duration } from './values/duration';

/**
 * The shapes a config variable can have.
 */
export enum ConfigShape {
  /** Text. */
  STRING = 'string',
  /** A whole number. */
  INTEGER = 'integer',
  /** Any number. */
  NUMBER = 'number',
  /** `true` or `false`. */
  BOOLEAN = 'boolean',
  /** A length of time, such as `10s`. */
  DURATION = 'duration',
  /** An absolute URL. */
  URL = 'url',
  /** One of a list of words. */
  ENUMERATION = 'enumeration',
  /** Words separated by commas. */
  LIST = 'list',
  /** Keys of which the first signs and all verify. */
  KEYS = 'keys',
  /** A JSON document. */
  JSON = 'json',
}

/**
 * What limits a text.
 */
export interface StringConstraints {
  /**
   * Least number of characters.
   *
   * @default 1
   */
  readonly minLength?: number;

  /**
   * Greatest number of characters.
   *
   * @default - unlimited
   */
  readonly maxLength?: number;

  /**
   * A regular expression that the whole text must match.
   *
   * @default - any text
   */
  readonly pattern?: string;
}

/**
 * What limits a number.
 */
export interface NumberConstraints {
  /**
   * Least value.
   *
   * @default - unlimited
   */
  readonly min?: number;

  /**
   * Greatest value.
   *
   * @default - unlimited
   */
  readonly max?: number;
}

/**
 * What limits a length of time.
 */
export interface DurationConstraints {
  /**
   * The shortest that makes sense.
   *
   * @default - zero
   */
  readonly min?: Duration;

  /**
   * The longest that makes sense.
   *
   * @default - unlimited
   */
  readonly max?: Duration;
}

/**
 * What limits a URL.
 */
export interface UrlConstraints {
  /**
   * The schemes allowed, without the colon.
   *
   * @default - any scheme
   */
  readonly schemes?: string[];
}

/**
 * What limits keys.
 */
export interface KeysConstraints {
  /**
   * Least number of characters of each key.
   *
   * @default 32
   */
  readonly minLength?: number;
}

/**
 * The type of a config variable, with its constraints.
 *
 * It checks the values declared in `.projenrc.ts` at synthesis, and becomes the
 * validation of the generated config module at run time.
 *
 * @example
 * ConfigType.integer({ min: 1, max: 65535 });
 * ConfigType.enumeration(['debug', 'info', 'warn']);
 */
export class ConfigType {
  /** Text. */
  public static string(constraints: StringConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.STRING, { ...constraints });
  }

  /** A whole number. */
  public static integer(constraints: NumberConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.INTEGER, { ...constraints });
  }

  /** Any finite number. */
  public static number(constraints: NumberConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.NUMBER, { ...constraints });
  }

  /** `true` or `false`. */
  public static boolean(): ConfigType {
    return new ConfigType(ConfigShape.BOOLEAN, {});
  }

  /** A length of time, written `250ms`, `10s`, `5m`, `1h` or `2d`. */
  public static duration(constraints: DurationConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.DURATION, { min: constraints.min?.toMillis(), max: constraints.max?.toMillis() });
  }

  /** An absolute URL. */
  public static url(constraints: UrlConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.URL, { ...constraints });
  }

  /**
   * One of a list of words.
   *
   * @param values the words allowed
   */
  public static enumeration(values: string[]): ConfigType {
    return new ConfigType(ConfigShape.ENUMERATION, { values });
  }

  /** Words separated by commas. */
  public static list(): ConfigType {
    return new ConfigType(ConfigShape.LIST, {});
  }

  /**
   * Keys separated by commas: the first one signs, all of them verify, so that one can take over from another without a gap.
   */
  public static keys(constraints: KeysConstraints = {}): ConfigType {
    return new ConfigType(ConfigShape.KEYS, { ...constraints });
  }

  /** A JSON document. */
  public static json(): ConfigType {
    return new ConfigType(ConfigShape.JSON, {});
  }

  /**
   * The shape, without its constraints.
   */
  public readonly shape: ConfigShape;

  /**
   * The constraints by name, empty where there are none; lengths of time in milliseconds.
   */
  public readonly constraints: Record<string, any>;

  private constructor(shape: ConfigShape, constraints: Record<string, any>) {
    this.shape = shape;
    this.constraints = Object.fromEntries(Object.entries(constraints).filter(([, value]) => value !== undefined));
  }

  /**
   * Says why no value can be of this type, or nothing when some can.
   */
  public flaw(): string | undefined {
    const { min, max, minLength, maxLength, pattern, values, schemes } = this.constraints;
    if ([min, max, minLength, maxLength].some((bound) => Number.isNaN(bound))) {
      return 'is limited by something that is not a number';
    }
    if (min > max || minLength > maxLength) {
      return `is limited to at least ${min ?? minLength} and at most ${max ?? maxLength}`;
    }
    if (
      values !== undefined &&
      (values.length === 0 || values.some((word: unknown) => typeof word !== 'string' || word.trim() === ''))
    ) {
      return 'is one of a list that is empty, or has an empty word in it';
    }
    if (schemes?.length === 0) {
      return 'is a URL of no scheme';
    }
    return pattern === undefined || isPattern(pattern)
      ? undefined
      : `has a pattern that is no regular expression: ${pattern}`;
  }

  /**
   * Says why a declared value is not of this type, or nothing when it is.
   *
   * @param value a value as written in `.projenrc.ts`: a string, number, boolean, `Duration`, list or JSON value
   */
  public mismatch(value: any): string | undefined {
    switch (this.shape) {
      case ConfigShape.STRING:
        return this.stringMismatch(value);
      case ConfigShape.INTEGER:
        return Number.isSafeInteger(value) ? this.rangeMismatch(value) : 'must be a whole number';
      case ConfigShape.NUMBER:
        return Number.isFinite(value) ? this.rangeMismatch(value) : 'must be a number';
      case ConfigShape.BOOLEAN:
        return typeof value === 'boolean' ? undefined : 'must be true or false';
      case ConfigShape.DURATION:
        return this.durationMismatch(value);
      case ConfigShape.URL:
        return this.urlMismatch(value);
      case ConfigShape.ENUMERATION:
        return this.constraints.values.includes(value)
          ? undefined
          : `must be one of ${this.constraints.values.join(', ')}`;
      case ConfigShape.LIST:
        return Array.isArray(value) &&
          value.every((word) => typeof word === 'string' && /^\S([^,]*\S)?$/.test(word) && !word.includes(','))
          ? undefined
          : 'must be a list of words without commas or blanks around them';
      case ConfigShape.KEYS:
        return 'must come from a store: keys are secrets';
      case ConfigShape.JSON:
        return isJson(value) ? undefined : 'must be a JSON value';
    }
  }

  /**
   * Writes a declared value the way the process environment carries it.
   *
   * @param value a value for which {@link ConfigType.mismatch} has nothing to say
   */
  public format(value: any): string {
    switch (this.shape) {
      case ConfigShape.LIST:
        return value.join(',');
      case ConfigShape.JSON:
        return JSON.stringify(value);
      default:
        return String(value);
    }
  }

  private stringMismatch(value: any): string | undefined {
    const { minLength = 1, maxLength = Number.POSITIVE_INFINITY, pattern } = this.constraints;
    if (typeof value !== 'string') {
      return 'must be text';
    }
    if (value.length < minLength || value.length > maxLength) {
      return `must have ${within(minLength, maxLength)} characters`;
    }
    return pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value) ? undefined : `must match ${pattern}`;
  }

  private rangeMismatch(value: number): string | undefined {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = this.constraints;
    return value >= min && value <= max ? undefined : `must be ${within(min, max)}`;
  }

  private durationMismatch(value: any): string | undefined {
    try {
      const millis = value instanceof Duration ? value.toMillis() : Duration.parse(String(value)).toMillis();
      const { min = 0, max = Number.POSITIVE_INFINITY } = this.constraints;
      return millis >= min && millis <= max ? undefined : `must be ${within(min, max)} ms`;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private urlMismatch(value: any): string | undefined {
    const { schemes } = this.constraints;
    if (typeof value !== 'string' || !URL.canParse(value)) {
      return 'must be an absolute URL';
    }
    const scheme = new URL(value).protocol.slice(0, -1);
    return schemes === undefined || schemes.includes(scheme)
      ? undefined
      : `must begin with ${schemes.join(':// or ')}://`;
  }
}

function within(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) {
    return `at least ${min}`;
  }
  return min === Number.NEGATIVE_INFINITY ? `at most ${max}` : `from ${min} to ${max}`;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
