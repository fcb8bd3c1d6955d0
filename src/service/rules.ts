import type { Fact } from './fact';
import type { ServiceProblem } from './problem';
import { Duration } from './values/duration';

/**
 * Names that end up in DNS labels, file names and Kubernetes objects.
 */
export function nameProblems(fact: Fact, max: number, example: string, name = fact.name): ServiceProblem[] {
  const fits = /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= max;
  return fits
    ? []
    : [
        {
          place: fact.place,
          message: `is named by lower-case letters, digits and dashes, ${max} at most, from a letter to a letter or digit`,
          value: name,
          fix: `rename it, for example to "${example}"`,
        },
      ];
}

/**
 * Texts that end up in comments, headings and table cells, where a second line would be read as something else.
 */
export function textProblems(
  fact: Fact,
  required: Record<string, string>,
  optional: Record<string, string | undefined> = {},
): ServiceProblem[] {
  return Object.entries({ ...required, ...optional }).flatMap(([member, text]) => {
    if (text === undefined) {
      return member in optional
        ? []
        : [{ place: fact.place, message: `has no ${member}`, fix: `write the ${member} in a few words` }];
    }
    if (text.trim() === '') {
      return [{ place: fact.place, message: `has an empty ${member}`, fix: `write the ${member} in a few words` }];
    }
    return /[\r\n]/.test(text)
      ? [{ place: fact.place, message: `has a ${member} of several lines`, fix: `write the ${member} on one line` }]
      : [];
  });
}

/**
 * Names of other facts, which somebody must state.
 */
export function referenceProblems(
  fact: Fact,
  what: string,
  name: string,
  candidates: readonly Fact[],
): ServiceProblem[] {
  const names = candidates.map((candidate) => candidate.name);
  return names.includes(name)
    ? []
    : [
        {
          place: fact.place,
          message: `there is no such ${what}`,
          value: name,
          fix:
            names.length === 0 || names.length > 8
              ? `state the ${what} ${name}`
              : `use one of ${names.join(', ')}, or state the ${what} ${name}`,
        },
      ];
}

/**
 * Members that are lengths of time: `.projenrc.ts` runs without a type check, and `30` may be seconds or days.
 */
export function durationProblems(fact: Fact, members: Record<string, Duration | undefined>): ServiceProblem[] {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined && !(value instanceof Duration))
    .map(([member, value]) => ({
      place: fact.place,
      message: `has a ${member} that is no Duration`,
      value,
      fix: 'give one, such as Duration.minutes(5)',
    }));
}
