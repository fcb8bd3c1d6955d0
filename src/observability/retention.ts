import { Duration, type Objective, type ServiceProblem } from '../service';

/**
 * How long each signal is kept.
 */
export interface RetentionOptions {
  /**
   * How long metrics are kept: long enough to compare with the last season.
   *
   * @default Duration.days(180)
   */
  readonly metrics?: Duration;

  /**
   * How long logs are kept.
   *
   * @default Duration.days(30)
   */
  readonly logs?: Duration;

  /**
   * How long traces are kept: they are the largest and the soonest forgotten.
   *
   * @default Duration.days(7)
   */
  readonly traces?: Duration;
}

/** How long each signal is kept, with nothing left open. */
export interface Retention {
  readonly metrics: Duration;
  readonly logs: Duration;
  readonly traces: Duration;
}

export function retentionOf({ metrics, logs, traces }: RetentionOptions = {}): Retention {
  return {
    metrics: metrics ?? Duration.days(180),
    logs: logs ?? Duration.days(30),
    traces: traces ?? Duration.days(7),
  };
}

/** The shortest that every store can keep. */
const SHORTEST = Duration.days(1);

/** What cannot be kept so, and what asks for more than is kept. */
export function retentionProblems(retention: Retention, objectives: readonly Objective[]): ServiceProblem[] {
  const place = 'observability.retention';
  return [
    ...(['metrics', 'logs', 'traces'] as const)
      .filter(
        (signal) => retention[signal].toMillis() % SHORTEST.toMillis() !== 0 || retention[signal].toMillis() === 0,
      )
      .map((signal) => ({
        place: `${place}.${signal}`,
        message: 'is no whole number of days, which is what stores delete by',
        value: retention[signal].toString(),
        fix: 'give it as days, such as Duration.days(30)',
      })),
    ...objectives
      .filter(({ window }) => window.toMillis() > retention.metrics.toMillis())
      .map(({ name, window }) => ({
        place: `${place}.metrics`,
        message: `is shorter than the ${window} that the objective "${name}" looks back over`,
        value: retention.metrics.toString(),
        fix: `keep metrics for ${window} at least, or shorten the window of the objective`,
      })),
  ];
}
