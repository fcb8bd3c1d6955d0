import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { durationProblems, nameProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import { ProcessKind } from './service-process';
import { Duration } from './values/duration';

/**
 * What there is to say about an objective.
 */
export interface ObjectiveProps extends FactProps {
  /**
   * What is promised, in a few words.
   */
  readonly description: string;

  /**
   * The share of good requests in percent, such as 99.9.
   */
  readonly target: number;

  /**
   * The route the promise is about, such as `POST /orders`.
   *
   * @default - all routes
   */
  readonly route?: string;

  /**
   * The slowest good answer. With it the objective is about latency; without, about availability.
   *
   * @default - any answer that is not a server error is good
   */
  readonly latency?: Duration;

  /**
   * The time over which the share is taken.
   *
   * @default Duration.days(30)
   */
  readonly window?: Duration;
}

/**
 * What the service promises (SLO): which share of requests is good, over which time.
 *
 * @example
 * service.state(new Objective('checkout', {
 *   route: 'POST /orders',
 *   latency: Duration.millis(300),
 *   target: 99.5,
 *   description: 'Placing an order is quick',
 * }));
 *
 * @see https://sre.google/workbook/implementing-slos/
 */
export class Objective extends Fact {
  /** What is promised. */
  public readonly description: string;
  /** The share of good requests in percent. */
  public readonly target: number;
  /** The route the promise is about; undefined means all. */
  public readonly route?: string;
  /** The slowest good answer; undefined means the objective is about availability. */
  public readonly latency?: Duration;
  /** The time over which the share is taken. */
  public readonly window: Duration;

  constructor(name: string, props: ObjectiveProps) {
    super(FactKind.OBJECTIVE, name, props);
    this.description = props.description;
    this.target = props.target;
    this.route = props.route;
    this.latency = props.latency;
    this.window = props.window ?? Duration.days(30);
  }

  /**
   * The share of requests that may be bad, from 0 to 1.
   */
  public get errorBudget(): number {
    return Number((1 - this.target / 100).toFixed(10));
  }

  public problems(service: Service): ServiceProblem[] {
    const problems = [
      ...nameProblems(this, 40, 'checkout'),
      ...textProblems(this, { description: this.description }),
      ...durationProblems(this, { latency: this.latency, window: this.window }),
    ];
    if (!(typeof this.target === 'number' && this.target > 0 && this.target < 100)) {
      problems.push({
        place: this.place,
        message: 'a target is a percentage above 0 and below 100: a service that may never fail has no budget to spend',
        value: this.target,
        fix: 'give a target such as 99.9',
      });
    }
    if (this.route !== undefined && !/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/[^\s?#]*$/.test(this.route)) {
      problems.push({
        place: this.place,
        message: 'a route is a method and a path template',
        value: this.route,
        fix: 'write it like "POST /orders", with parameters as the service itself writes them',
      });
    }
    if (this.latency instanceof Duration && this.latency.toMillis() === 0) {
      problems.push({ place: this.place, message: 'no answer takes no time', fix: 'give a latency above zero' });
    }
    if (this.window instanceof Duration && this.window.toMillis() < Duration.days(7).toMillis()) {
      problems.push({
        place: this.place,
        message: 'has a window too short to spend a budget in: one bad hour would be all of it',
        value: this.window.toString(),
        fix: 'give a window of at least 7 days; 30 days are usual',
      });
    }
    if (!service.processes.some(({ processKind }) => processKind === ProcessKind.WEB)) {
      problems.push({
        place: this.place,
        message: 'promises something about requests, but no process answers any',
        fix: 'state a web process',
      });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.objectiveStated(this);
  }
}
