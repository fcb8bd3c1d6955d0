import type { Fact } from './fact';
import type { ServiceProblem } from './problem';
import type { Service } from './service';

/**
 * Everything that was stated under one name. One fact, as a rule.
 */
export class Statements {
  private readonly stated: Fact[];

  constructor(first: Fact) {
    this.stated = [first];
  }

  public add(fact: Fact): void {
    this.stated.push(fact);
  }

  /**
   * The fact that stands for all, the same one whoever spoke first.
   */
  public get fact(): Fact {
    return this.sorted()[0]!;
  }

  public problems(service: Service): ServiceProblem[] {
    if (this.stated.length === 1) {
      return problemsOf(this.fact, service);
    }
    const distinct = new Map(this.sorted().map((fact) => [JSON.stringify(contentOf(fact, service)), fact]));
    const own = [...distinct.values()].flatMap((fact) => problemsOf(fact, service));
    if (distinct.size === 1) {
      return own;
    }
    // What one statement shows as a plain value, another may call secret.
    return [...own.map(({ place, message, fix }) => ({ place, message, fix })), this.contradiction(service)];
  }

  private contradiction(service: Service): ServiceProblem {
    const { kind, name } = this.fact;
    const contents = this.stated.map((fact) => contentOf(fact, service));
    const members = [...new Set(contents.flatMap(Object.keys))]
      .filter((member) => new Set(contents.map((content) => JSON.stringify(content[member]))).size > 1)
      .sort();
    const speakers = [...new Set(this.stated.map(({ statedBy }) => statedBy))].sort();
    return {
      place: `${kind} ${name}`,
      // Members are named without their values, which may be secret.
      message: `is stated more than once and differently, by ${speakers.join(' and by ')}: they disagree on ${members.join(', ')}`,
      fix: 'state it once, or rename one of them',
    };
  }

  private sorted(): Fact[] {
    if (this.stated.length === 1) {
      return this.stated;
    }
    const key = (fact: Fact) => `${JSON.stringify({ ...fact, statedBy: undefined })}\n${fact.statedBy}`;
    return [...this.stated].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

/**
 * What a fact finds wrong with itself. `.projenrc.ts` runs without a type check, so a member may be of another type than declared,
 * and stop the very code that looks for problems.
 */
function problemsOf(fact: Fact, service: Service): ServiceProblem[] {
  try {
    return fact.problems(service);
  } catch (error) {
    return [
      {
        place: fact.place,
        message: `has a member of the wrong type: ${(error as Error).message}`,
        fix: 'compare it with API.md, or run the type checker ("npx projen typecheck"), which names the member',
      },
    ];
  }
}

/**
 * What a fact says, whoever says it and in whatever order its members are written.
 */
function contentOf(fact: Fact, service: Service): Record<string, unknown> {
  return inOrder({ ...fact, ...fact._late(service), statedBy: undefined });
}

function inOrder(content: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(content, (_, member) =>
      member !== null && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member,
    ),
  );
}
