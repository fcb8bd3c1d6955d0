import { inspect } from 'node:util';
import { KeyRing } from './key-ring.js';

const MASK = '[secret]';

let replace: (secret: Secret<unknown>, value: unknown) => void;

/** A value that does not print: not by string conversion, JSON, `util.inspect`, or a log. */
export class Secret<T = string> {
  #value: T;

  static {
    replace = (secret, value) => {
      secret.#value = value;
    };
  }

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value as it is now. Call it where the value is used and keep no copy: after a rotation it answers the new one. */
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

/** For what follows rotations; everything else takes secrets as they are. */
export function replaceSecret<T>(secret: Secret<T>, value: T): void {
  replace(secret, value);
}

/** Every string held by the secrets of a configuration, for the redaction of logs. */
export function secretValues(config: object): string[] {
  return Object.values(config).flatMap((member) => {
    if (member instanceof Secret) return strings(member.reveal());
    // A group.
    return typeof member === 'object' && member !== null && !Array.isArray(member) ? secretValues(member) : [];
  });
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...passwordOf(value)];
  if (typeof value === 'number') return [String(value)];
  if (value instanceof KeyRing) return [...value.all];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

/** Drivers take a connection URL apart, so its password turns up alone in their messages. */
function passwordOf(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { password } = new URL(text);
  return password === '' ? [] : [password, ...decoded(password)];
}

function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    // A percent sign that begins no escape; nobody can have decoded it.
    return [];
  }
}
