import type { ServiceProblem } from './problem';
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

/** A text. */
export const text = primitive('string', 'is no text', 'write it between quotes');

/** A number of things. */
export const count = primitive('number', 'is no number', 'write it as digits, without quotes and unit');

/** Yes or no. */
export const flag = primitive('boolean', 'is neither true nor false', 'write true or false, without quotes');

/** Anything: what reads it looks at it. */
export const anything: Shape = (value) => value;

/** Several of one kind. */
export function list(of: Shape): Shape {
  return (value, place, problems) => {
    if (!Array.isArray(value)) {
      return refused(problems, { place, message: 'is no list', value, fix: 'write it in brackets: […]' });
    }
    return value.map((item, i) => of(item, `${place}.${i}`, problems)).filter((item) => item !== undefined);
  };
}

/** Things of one kind by names that the user chooses. */
export function record(of: Shape): Shape {
  return (value, place, problems) =>
    isPlain(value)
      ? members(
          Object.entries(value).map(([name, one]) => [name, one, of] as const),
          place,
          problems,
        )
      : refused(problems, { place, message: 'is no object', value, fix: 'write it in braces: { name: … }' });
}

/**
 * Members that are known by their names.
 *
 * @typeParam Options the struct they are of, so that none is forgotten when it gets another one
 */
export function struct<Options extends object>(shapes: Readonly<Record<keyof Options, Shape>>): Shape {
  const known: Readonly<Record<string, Shape>> = shapes;
  return (value, place, problems) => {
    if (!isPlain(value)) {
      return refused(problems, { place, message: 'is no object', value, fix: 'write it in braces: { … }' });
    }
    const given = Object.entries(value);
    for (const [name] of given.filter(([name]) => known[name] === undefined)) {
      problems.push({
        place: place === '' ? name : `${place}.${name}`,
        message: 'is no option there is',
        value: name,
        fix: `use one of ${Object.keys(known).sort().join(', ')}`,
      });
    }
    return members(
      given.flatMap(([name, one]) => (known[name] === undefined ? [] : [[name, one, known[name]] as const])),
      place,
      problems,
    );
  };
}

/**
 * A value of a class of the library.
 *
 * @param example how one is written
 * @param within looks at what it was made of, and returns undefined where that cannot be
 */
export function instance(type: Class, example: string, within: Shape = anything): Shape {
  return (value, place, problems) =>
    Object.prototype.isPrototypeOf.call(type.prototype, value)
      ? within(value, place, problems)
      : refused(problems, { place, message: `is no ${type.name}`, value, fix: `write it like ${example}` });
}

/** A class, whose constructor need not be public. */
interface Class {
  readonly name: string;
  readonly prototype: object;
}

function primitive(type: string, message: string, fix: string): Shape {
  return (value, place, problems) =>
    typeof value === type ? value : refused(problems, { place, message, value, fix });
}

function members(
  entries: ReadonlyArray<readonly [name: string, value: any, of: Shape]>,
  place: string,
  problems: ServiceProblem[],
): Record<string, any> {
  const kept = entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value, of]) => [name, of(value, place === '' ? name : `${place}.${name}`, problems)] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
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
