/**
 * One thing that is wrong with a service, said so that the reader can mend it.
 */
export interface ServiceProblem {
  /**
   * Where it is: an option path (`database`), a fact (`config variable PORT`), a file or an environment.
   */
  readonly place: string;

  /**
   * What is wrong, as one sentence without a full stop.
   */
  readonly message: string;

  /**
   * How to mend it, as one imperative sentence without a full stop.
   */
  readonly fix: string;

  /**
   * The offending value, rendered as JSON. Leave it out for secrets.
   *
   * @default - the message carries all there is to say
   */
  readonly value?: any;
}

/**
 * A service that contradicts itself: every problem found, reported together.
 *
 * Thrown before synthesis writes or deletes a single file, so a bad declaration
 * never leaves a half-written repository.
 *
 * @example
 * // throws a ContradictionError that names every problem of the service
 * service.check();
 *
 * @jsii ignore
 */
export class ContradictionError extends Error {
  /**
   * Everything that was found, in a stable order.
   */
  public readonly problems!: ServiceProblem[];

  /**
   * @param found the problems by the name of the service they belong to; none of the lists may be empty
   */
  constructor(found: ReadonlyArray<readonly [serviceName: string, problems: ServiceProblem[]]>) {
    super(found.map(([serviceName, problems]) => renderProblems(serviceName, problems)).join('\n'));
    this.name = 'ContradictionError';
    // Node prints the members of an uncaught error after its message, which says all of this already.
    Object.defineProperty(this, 'problems', { value: found.flatMap(([, problems]) => problems), enumerable: false });
    // A stack of synthesis internals would bury the only lines the reader can act on.
    this.stack = `${this.name}: ${this.message}`;
  }
}

function renderProblems(serviceName: string, problems: ServiceProblem[]): string {
  return `service "${serviceName}" has ${counted(problems)}; nothing was written\n\n${listed(problems)}\n`;
}

/**
 * How many problems there are, in words.
 *
 * @internal
 */
export function counted({ length }: readonly ServiceProblem[]): string {
  return length === 1 ? '1 problem' : `${length} problems`;
}

/**
 * Problems as people read them, one below the other.
 *
 * @internal
 */
export function listed(problems: readonly ServiceProblem[]): string {
  const lines = problems.map(({ place, message, fix, value }, index) => {
    const shown = value === undefined ? '' : ` (got ${show(value)})`;
    return `  ${index + 1}. ${place}: ${message}${shown}\n     fix: ${fix}`;
  });
  return lines.join('\n');
}

/** As JSON, except for what JSON cannot say. */
function show(value: unknown): string {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
    ? String(value)
    : String(JSON.stringify(value));
}

/**
 * Where a problem stands among others, whoever found it first.
 *
 * @internal
 */
export function problemKey({ place, message, value, fix }: ServiceProblem): string {
  return [place, message, show(value), fix].join('\n');
}
