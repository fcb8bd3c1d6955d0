import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { referenceProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What there is to say about the replicas of a process.
 */
export interface ReplicasProps extends FactProps {
  /**
   * The environment it is said of, by name.
   */
  readonly environment: string;

  /**
   * How many run at least.
   *
   * @default 1
   */
  readonly min?: number;

  /**
   * How many run at most. What each of them takes, such as database connections, is taken this many times.
   *
   * @default - as many as at least
   */
  readonly max?: number;
}

/**
 * How many of a long-running process run in an environment.
 *
 * Stated by what deploys the service, read by what must fit: connection limits, disruption budgets, alerts.
 *
 * @example
 * service.state(new Replicas('web', { environment: 'prod', min: 3, max: 12 }));
 */
export class Replicas extends Fact {
  /** The process, by name. */
  public readonly process: string;
  /** The environment, by name. */
  public readonly environment: string;
  /** How many run at least. */
  public readonly min: number;
  /** How many run at most. */
  public readonly max: number;

  /**
   * @param process the name of a web or worker process
   */
  constructor(process: string, props: ReplicasProps) {
    super(FactKind.REPLICAS, `${process} in ${props.environment}`, props);
    this.process = process;
    this.environment = props.environment;
    this.min = props.min ?? 1;
    this.max = props.max ?? this.min;
  }

  public problems(service: Service): ServiceProblem[] {
    const longRunning = service.processes.filter(({ isLongRunning }) => isLongRunning);
    const problems = [
      ...referenceProblems(this, 'long-running process', this.process, longRunning),
      ...referenceProblems(this, 'environment', this.environment, service.environments),
    ];
    if (
      !(
        Number.isInteger(this.min) &&
        Number.isInteger(this.max) &&
        this.min >= 0 &&
        this.max >= 1 &&
        this.max >= this.min
      )
    ) {
      problems.push({
        place: this.place,
        message: 'replicas are whole numbers, at least one at most, and not fewer at most than at least',
        value: { min: this.min, max: this.max },
        fix: 'give a range such as { min: 2, max: 6 }',
      });
    }
    if (this.max > 1 && longRunning.some(({ name, singleton }) => name === this.process && singleton)) {
      problems.push({
        place: this.place,
        message: 'runs more than once, but it is a singleton, of which two must never run',
        value: { min: this.min, max: this.max },
        fix: 'give { min: 1 }, or drop singleton from the process',
      });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.replicasStated(this);
  }
}
