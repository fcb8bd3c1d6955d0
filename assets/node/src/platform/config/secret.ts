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
  if (typeof value === 'string') return [value, ...partsOf(value)];
  if (typeof value === 'number') return [String(value)];
  if (value instanceof KeyRing) return [...value.all];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

/** Clients take a URL apart, so what is secret in it turns up alone in their messages, and in spans of what they send. */
function partsOf(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { protocol, username, password, pathname, search, searchParams } = new URL(text);
  const named = [...searchParams].filter(([name]) => SECRET_PARAMETER.test(name)).map(([, value]) => value);
  // A webhook is its path, or the key before the host. That of a database is its name, and no secret.
  const web = /^https?:$/.test(protocol)
    ? [username, pathname, `${pathname}${search}`].filter((part) => part.length > 8)
    : [];
  return [password, ...named, ...web].filter((part) => part !== '').flatMap((part) => [part, ...decoded(part)]);
}

const SECRET_PARAMETER = /pass|token|secret|key|auth|sig/i;

function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    // A percent sign that begins no escape; nobody can have decoded it.
    return [];
  }
}
