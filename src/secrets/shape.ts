/** What a member of some options has to be. */
export interface Kind {
  /** As messages say it, such as `a text`. */
  readonly expects: string;
  readonly accepts: (value: unknown) => boolean;
}

export const TEXT: Kind = { expects: 'a text', accepts: (value) => typeof value === 'string' };
/** Looked at later, against other members. */
export const ANYTHING: Kind = { expects: 'anything', accepts: () => true };
export const FLAG: Kind = { expects: 'true or false', accepts: (value) => typeof value === 'boolean' };
export const OBJECT: Kind = { expects: 'an object', accepts: isObject };
export const TEXTS: Kind = { expects: 'a list of texts', accepts: (value) => isList(value, TEXT) };
export const NAMED_TEXTS: Kind = { expects: 'an object of texts by name', accepts: (value) => isRecord(value, TEXT) };

/** An object of a class of this library, known by a member since a project may load the library twice. */
export function instance(expects: string, member: string): Kind {
  return { expects, accepts: (value) => isObject(value) && member in (value as object) };
}

export function oneOf(name: string, values: Record<string, string>): Kind {
  const members = Object.keys(values).map((key) => `${name}.${key}`);
  return {
    expects: members.join(' or '),
    accepts: (value) => (Object.values(values) as unknown[]).includes(value),
  };
}

export function listOf(kind: Kind, expects: string): Kind {
  return { expects, accepts: (value) => isList(value, kind) };
}

export function named(kind: Kind, expects: string): Kind {
  return { expects, accepts: (value) => isRecord(value, kind) };
}

interface Shape {
  readonly required?: Record<string, Kind>;
  readonly optional?: Record<string, Kind>;
}

/**
 * Stops at options of the wrong shape, which only JavaScript lets through: nothing later could make sense of them. Says all that is wrong,
 * and shows no value, since whoever mixes up members may have a secret in hand.
 */
export function checkShape(place: string, options: unknown, { required = {}, optional = {} }: Shape): void {
  if (!OBJECT.accepts(options)) {
    const members = Object.keys(required).join(', ');
    throw new Error(`${place} takes an object${members && ` with ${members}`}, not ${shown(options)}`);
  }
  const given = options as Record<string, unknown>;
  const known = { ...required, ...optional };
  const problems = [
    ...Object.entries(known)
      .filter(([name, { accepts }]) => !(accepts(given[name]) || (given[name] === undefined && !(name in required))))
      .map(([name, { expects }]) => `${name} must be ${expects}, not ${shown(given[name])}`),
    ...Object.keys(given)
      .filter((name) => !(name in known))
      .flatMap((name) => {
        const meant = Object.keys(known).find((other) => !(other in given) && isNearly(name, other));
        return meant === undefined ? [] : [`there is no ${name}; did you mean ${meant}?`];
      }),
  ];
  if (problems.length > 0) {
    throw new Error(`${place}: ${problems.join('; ')}`);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, { accepts }: Kind): boolean {
  return Array.isArray(value) && value.every((one) => accepts(one));
}

function isRecord(value: unknown, { accepts }: Kind): boolean {
  return isObject(value) && Object.values(value as object).every((one) => accepts(one));
}

function shown(value: unknown): string {
  if (value === undefined || value === null) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'such a list';
  }
  const kinds: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    boolean: `${value}`,
    function: 'a function',
  };
  return kinds[typeof value] ?? 'an object of another kind';
}

/** One letter more, less or other, or two of them swapped. */
function isNearly(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) {
    return true;
  }
  let start = 0;
  while (start < a.length && a[start] === b[start]) {
    start += 1;
  }
  const rests = [
    [a.slice(start + 1), b.slice(start)],
    [a.slice(start), b.slice(start + 1)],
    [a.slice(start + 1), b.slice(start + 1)],
  ];
  return (
    rests.some(([x, y]) => x === y) || `${b[start + 1] ?? ''}${b[start] ?? ''}${b.slice(start + 2)}` === a.slice(start)
  );
}
