import { nearest } from './nearest';
import { NetworkPeer } from './network-peer';
import { counted, listed, type ServiceProblem } from './problem';
import type { Service } from './service';

/**
 * What an option may be. `.projenrc.ts` runs without a type check, so anything may be given; what is of another type is reported and
 * left out, and everything else goes on to be looked at for what it says.
 *
 * @returns the value, without what cannot be
 */
export type Shape = (value: any, place: string, problems: ServiceProblem[]) => any;

/** Options as far as they are of the types they must be; the service tells of the others. */
export function typed(service: Service, place: string, shape: Shape, given: unknown): any {
  const problems: ServiceProblem[] = [];
  const options = shape(given, place, problems) ?? {};
  for (const problem of problems) {
    service.report(problem);
  }
  return options;
}

/**
 * The same for a function that belongs to no service which could tell of problems.
 *
 * @throws Error with all problems, when there are any
 */
export function typedOrThrow(place: string, shape: Shape, given: unknown): any {
  const problems: ServiceProblem[] = [];
  const options = shape(given, place, problems);
  if (problems.length > 0) {
    throw new Error(`${place} has ${counted(problems)}\n\n${listed(problems)}\n`);
  }
  return options;
}

/** A text. */
export const text = primitive('string', 'is no text', 'write it between quotes');

/** A number of things. */
export const count = primitive('number', 'is no number', 'write it as digits, without quotes and unit');

/** Yes or no. */
export const flag = primitive('boolean', 'is neither true nor false', 'write true or false, without quotes');

/** Anything: what reads it looks at it. */
export const anything: Shape = (value) => value;

/** One of the members of an enumeration. */
export function oneOf(name: string, members: Readonly<Record<string, string>>): Shape {
  const choices = Object.keys(members).map((member) => `${name}.${member}`);
  return (value, place, problems) =>
    Object.values(members).includes(value)
      ? value
      : refused(problems, { place, message: `is no ${name}`, value, fix: `write ${choices.join(' or ')}` });
}

/** Several of one kind. */
export function list(of: Shape, example = '[…]'): Shape {
  return (value, place, problems) => {
    if (!Array.isArray(value)) {
      return refused(problems, { place, message: 'is no list', value, fix: `write it in brackets: ${example}` });
    }
    return value.map((item, i) => of(item, `${place}.${i}`, problems)).filter((item) => item !== undefined);
  };
}

/** Things of one kind by names that the user chooses. */
export function record(of: Shape, example = '{ name: … }'): Shape {
  return (value, place, problems) =>
    isPlain(value)
      ? members(
          Object.entries(value).map(([name, one]) => [name, one, of] as const),
          place,
          problems,
        )
      : refused(problems, { place, message: 'is no object', value, fix: `write it in braces: ${example}` });
}

/**
 * Members that are known by their names.
 *
 * @typeParam Options the struct they are of, so that none is forgotten when it gets another one
 * @param required those that must be there, as far as nothing that reads them looks for them
 */
export function struct<Options extends object>(
  shapes: Readonly<Record<keyof Options, Shape>>,
  required: ReadonlyArray<keyof Options & string> = [],
): Shape {
  const known = new Map(Object.entries<Shape>(shapes));
  return (value, place, problems) => {
    if (!isPlain(value)) {
      const example = required.length === 0 ? '…' : required.map((name) => `${name}: …`).join(', ');
      return refused(problems, { place, message: 'is no object', value, fix: `write it in braces: { ${example} }` });
    }
    const given = Object.entries(value);
    problems.push(
      ...given
        .filter(([name]) => !known.has(name))
        .map(([name]) => unknown(below(place, name), name, [...known.keys()].sort())),
      ...required
        .filter((name) => value[name] === undefined)
        .flatMap((name) => missing(below(place, name), known.get(name)!)),
    );
    return members(
      given.filter(([name]) => known.has(name)).map(([name, one]) => [name, one, known.get(name)!] as const),
      place,
      problems,
    );
  };
}

/**
 * A value of a class of the library. It is known by the name of the class, since a repository may load the library twice.
 *
 * @param example how one is written
 * @param within looks at what it was made of, and returns undefined where that cannot be
 */
export function instance(type: Class, example: string, within: Shape = anything): Shape {
  return (value, place, problems) =>
    isOf(type, value)
      ? within(value, place, problems)
      : refused(problems, { place, message: `is no ${type.name}`, value, fix: `write it like ${example}` });
}

/** A value that behaves like those of the library, whoever wrote its class: it has a certain member. */
export function behaving(name: string, member: string, example: string): Shape {
  return (value, place, problems) =>
    isPlain(value) && member in value
      ? value
      : refused(problems, { place, message: `is no ${name}`, value, fix: `write it like ${example}` });
}

/** What is of a shape and, beyond that, makes sense. */
export function sensible(of: Shape, accepts: (value: any) => boolean, message: string, fix: string): Shape {
  return whole((value, place, problems) => {
    const before = problems.length;
    const kept = of(value, place, problems);
    return problems.length > before || accepts(kept) ? kept : refused(problems, { place, message, value, fix });
  });
}

/** What makes no sense in parts: where anything in it is wrong, it is left out. */
export function whole(of: Shape): Shape {
  return (value, place, problems) => {
    const before = problems.length;
    const kept = of(value, place, problems);
    return problems.length === before ? kept : undefined;
  };
}

/** A value that was made by a function with options of its own: where those are wrong, it is left out whole. */
export function made(options: (value: any) => any, of: (value: any) => Shape): Shape {
  return whole((value, place, problems) => {
    of(value)(options(value), place, problems);
    return value;
  });
}

/** What may hold a secret, if only by mistake: no problem shows a value. */
export function unshown(of: Shape): Shape {
  return (value, place, problems) => {
    const found: ServiceProblem[] = [];
    const kept = of(value, place, found);
    problems.push(...found.map(({ value: _, ...problem }) => problem));
    return kept;
  };
}

/** A place on the network. */
export const peer = instance(
  NetworkPeer,
  "NetworkPeer.cidr('10.20.0.0/28')",
  made(
    ({ block, reason, namespace, podLabels }) => ({ block, reason, namespace, podLabels }),
    () =>
      struct<Pick<NetworkPeer, 'block' | 'reason' | 'namespace' | 'podLabels'>>({
        block: text,
        reason: text,
        namespace: text,
        podLabels: record(text),
      }),
  ),
);

/** A class, whose constructor need not be public. */
interface Class {
  readonly name: string;
  readonly prototype: object;
}

function primitive(type: string, message: string, fix: string): Shape {
  return (value, place, problems) =>
    typeof value === type ? value : refused(problems, { place, message, value, fix });
}

function unknown(place: string, name: string, known: readonly string[]): ServiceProblem {
  const meant = nearest(name, known);
  const all = known.join(', ');
  return {
    place,
    message: 'is no option',
    fix: meant === undefined ? `use one of ${all}` : `did you mean ${meant}? There are: ${all}`,
  };
}

/** What a shape says of nothing tells how to write something. */
function missing(place: string, of: Shape): ServiceProblem[] {
  const problems: ServiceProblem[] = [];
  of(undefined, place, problems);
  return problems.map(({ fix }) => ({ place, message: 'is missing', fix }));
}

function members(
  entries: ReadonlyArray<readonly [name: string, value: any, of: Shape]>,
  place: string,
  problems: ServiceProblem[],
): Record<string, any> {
  const kept = entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value, of]) => [name, of(value, below(place, name), problems)] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

function below(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

function isOf(type: Class, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && (prototype.constructor?.name === type.name || isOf(type, prototype));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(problems: ServiceProblem[], problem: ServiceProblem): undefined {
  problems.push({ ...problem, value: shown(problem.value) });
}

/** What JSON would leave out, or show as something else. */
function shown(value: any): any {
  return value === null || ['number', 'undefined', 'function', 'symbol', 'bigint'].includes(typeof value)
    ? String(value)
    : value;
}
