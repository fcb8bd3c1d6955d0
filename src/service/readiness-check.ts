import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems, referenceProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import { Duration } from './values/duration';

/**
 * What there is to say about a readiness check.
 */
export interface ReadinessCheckProps extends FactProps {
  /**
   * What it makes sure of, in a few words.
   */
  readonly description: string;

  /**
   * The backing service it asks, by name.
   *
   * @default - none: it checks something of the process itself
   */
  readonly backingService?: string;

  /**
   * Whether the process is not ready when it fails; otherwise it is only reported. The backing service it asks
   * must say the same.
   *
   * @default true
   */
  readonly required?: boolean;

  /**
   * How long it may take.
   *
   * @default Duration.seconds(2)
   */
  readonly timeout?: Duration;
}

/**
 * Something readiness waits for. Liveness has no such thing.
 *
 * @example
 * service.state(new ReadinessCheck('redis', { backingService: 'redis', required: false, description: 'The cache answers' }));
 */
export class ReadinessCheck extends Fact {
  /** What it makes sure of. */
  public readonly description: string;
  /** The backing service it asks. */
  public readonly backingService?: string;
  /** Whether the process is not ready when it fails. */
  public readonly required: boolean;
  /** How long it may take. */
  public readonly timeout: Duration;

  constructor(name: string, props: ReadinessCheckProps) {
    super(FactKind.READINESS_CHECK, name, props);
    this.description = props.description;
    this.backingService = props.backingService;
    this.required = props.required ?? true;
    this.timeout = props.timeout ?? Duration.seconds(2);
  }

  public problems(service: Service): ServiceProblem[] {
    const problems = [...nameProblems(this, 40, 'cache'), ...textProblems(this, { description: this.description })];
    if (this.backingService !== undefined) {
      problems.push(...referenceProblems(this, 'backing service', this.backingService, service.backingServices));
    }
    const asked = service.backingServices.find(({ name }) => name === this.backingService);
    if (asked !== undefined && asked.required !== this.required) {
      problems.push({
        place: this.place,
        message: `is ${required(this.required)}, but ${asked.place} is ${required(asked.required)}`,
        fix: 'say the same of both',
      });
    }
    if (this.timeout.toMillis() === 0) {
      problems.push({ place: this.place, message: 'has no time to answer', fix: 'give a timeout above zero' });
    }
    const slowProbe = service.processes.find(
      ({ readinessProbe }) =>
        readinessProbe !== undefined && this.timeout.toMillis() >= readinessProbe.timeout.toMillis(),
    );
    if (slowProbe) {
      problems.push({
        place: this.place,
        message: `takes as long as the readiness probe of process ${slowProbe.name} waits (${slowProbe.readinessProbe?.timeout}), so the probe would never see its answer`,
        value: this.timeout.toString(),
        fix: 'shorten the check, or give the probe a longer timeout',
      });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.readinessCheckStated(this);
  }
}

function required(is: boolean): string {
  return is ? 'required' : 'optional';
}
