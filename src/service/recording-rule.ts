import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { nameProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What there is to say about a recording rule.
 */
export interface RecordingRuleProps extends FactProps {
  /**
   * The PromQL expression whose result is recorded.
   */
  readonly expression: string;

  /**
   * The group it is evaluated in: in order of name, at one time. Lower-case letters, digits and dashes.
   */
  readonly group: string;

  /**
   * Labels that the recorded series gets. They tell apart rules that record under one name.
   *
   * @default - those of the result
   */
  readonly labels?: Record<string, string>;
}

/**
 * A query that Prometheus evaluates ahead of the alerts and panels that use it.
 *
 * @example
 * service.state(new RecordingRule('orders:orders_placed:rate5m', {
 *   group: 'business',
 *   expression: 'sum by (channel) (rate(orders_placed_total[5m]))',
 * }));
 *
 * @see https://prometheus.io/docs/practices/rules/
 */
export class RecordingRule extends Fact {
  /** The name of the series it records. */
  public readonly record: string;
  /** The PromQL expression whose result is recorded. */
  public readonly expression: string;
  /** The group it is evaluated in. */
  public readonly group: string;
  /** Labels that the recorded series gets. */
  public readonly labels: Record<string, string>;

  /**
   * @param record the name of the series, as `level:metric:operations`
   */
  constructor(record: string, props: RecordingRuleProps) {
    super(FactKind.RECORDING_RULE, seriesOf(record, props.labels ?? {}), props);
    this.record = record;
    this.expression = props.expression;
    this.group = props.group;
    this.labels = props.labels ?? {};
  }

  public problems(_service: Service): ServiceProblem[] {
    const problems = nameProblems(this, 63, 'business', this.group);
    if (!/^[a-z][a-z0-9_]*:[a-z0-9_]+:[a-z0-9_]+$/.test(this.record)) {
      problems.push({
        place: this.place,
        message:
          'a recorded series is named level:metric:operations, so that nobody takes it for a metric of the service',
        value: this.record,
        fix: 'rename it, for example to "orders:orders_placed:rate5m"',
      });
    }
    if (this.expression.trim() === '') {
      problems.push({ place: this.place, message: 'records nothing', fix: 'give the PromQL to record' });
    }
    for (const label of Object.keys(this.labels).filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))) {
      problems.push({
        place: this.place,
        message: 'has a label that Prometheus cannot take',
        value: label,
        fix: 'use lower-case words joined by underscores',
      });
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.recordingRuleStated(this);
  }
}

function seriesOf(record: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? record : `${record}{${pairs.join(', ')}}`;
}
