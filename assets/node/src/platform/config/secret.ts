import { inspect } from 'node:util';

const MASK = '[secret]';

/** A value that does not print: not by string conversion, JSON, `util.inspect`, or a log. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself. Call it where the value is used, and keep no copy. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Every string held by the secrets of a configuration, for the redaction of logs. */
export function secretValues(config: object): string[] {
  return Object.values(config)
    .filter((value) => value instanceof Secret)
    .flatMap((secret) => strings(secret.reveal()));
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...passwordOf(value)];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

/** Drivers take a connection URL apart, so its password turns up alone in their messages. */
function passwordOf(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { password } = new URL(text);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
