import { Duration } from '../../service';

/**
 * Which traces are kept, decided when they are over and it is known how they went.
 */
export interface TailSamplingOptions {
  /**
   * Traces that take longer are kept, whatever their outcome.
   *
   * @default Duration.seconds(1)
   */
  readonly slowerThan?: Duration;

  /**
   * The share of all others that is kept, from 0 to 1.
   *
   * @default 0.05
   */
  readonly ratio?: number;

  /**
   * How long the collector waits, from the first span of a trace, for the rest of it. Longer than `slowerThan`, or it would decide before
   * it knows.
   *
   * @default Duration.seconds(10)
   */
  readonly decisionWait?: Duration;

  /**
   * How many traces the collector holds meanwhile: the requests a second of all that send to it, times `decisionWait`, twice over. What
   * comes when there is no room pushes out the oldest, undecided. Each trace takes about 10 KB, so the default takes 200 MB.
   *
   * @default 20000
   */
  readonly tracesInMemory?: number;
}

/** The same with nothing left open. */
export interface TailSampling {
  readonly slowerThan: Duration;
  readonly ratio: number;
  readonly decisionWait: Duration;
  readonly tracesInMemory: number;
}

export function tailSamplingOf(options: TailSamplingOptions): TailSampling {
  return {
    slowerThan: options.slowerThan ?? Duration.seconds(1),
    ratio: options.ratio ?? 0.05,
    decisionWait: options.decisionWait ?? Duration.seconds(10),
    tracesInMemory: options.tracesInMemory ?? 20_000,
  };
}

/**
 * The processor. A trace is kept when any of the policies says so.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
 */
export function tailSamplingProcessor({ slowerThan, ratio, decisionWait, tracesInMemory }: TailSampling): object {
  return {
    decision_wait: decisionWait.toString(),
    num_traces: tracesInMemory,
    // Spans that come after the decision follow it; an id takes little, so decisions outlive what they were made of.
    decision_cache: { sampled_cache_size: 10 * tracesInMemory, non_sampled_cache_size: 10 * tracesInMemory },
    policies: [
      { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
      { name: 'slow', type: 'latency', latency: { threshold_ms: Math.round(slowerThan.toMillis()) } },
      { name: 'rest', type: 'probabilistic', probabilistic: { sampling_percentage: percent(ratio) } },
    ],
  };
}

/** 7 %, not 7.000000000000001 %. */
function percent(ratio: number): number {
  return Number((ratio * 100).toFixed(6));
}

export function tailSamplingFlaws({ slowerThan, ratio, decisionWait, tracesInMemory }: TailSampling): string[] {
  return [
    ...(ratio >= 0 && ratio <= 1 ? [] : [`keeps a share of ${ratio}, which is not from 0 to 1`]),
    ...(decisionWait.toMillis() > slowerThan.toMillis()
      ? []
      : [`waits ${decisionWait} for a trace, so it decides before it knows what takes longer than ${slowerThan}`]),
    ...(Number.isInteger(tracesInMemory) && tracesInMemory > 0
      ? []
      : [`holds ${tracesInMemory} traces, which is no number above zero`]),
  ];
}
