import type { Duration } from './values/duration';

/**
 * Time series that make an alert fire, and what is expected of it meanwhile: a case for `promtool test rules`.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */
export interface AlertTest {
  /**
   * The samples of each series, one a minute, as promtool writes them: `'queue_size{job="orders"}': '0x20 500x30 0x20'` is twenty minutes
   * of none, thirty of 500 and none again.
   */
  readonly series: Record<string, string>;

  /**
   * When it does not fire yet, from the first sample on.
   *
   * @default - not tested
   */
  readonly quietAt?: Duration;

  /**
   * When it fires, from the first sample on. How long the expression must be true first counts too.
   */
  readonly firesAt: Duration;

  /**
   * Another such moment, at which another part of the expression is true.
   *
   * @default - not tested
   */
  readonly alsoFiresAt?: Duration;

  /**
   * When it has resolved, from the first sample on.
   *
   * @default - not tested
   */
  readonly resolvedAt?: Duration;

  /**
   * The labels of the expression that the alert carries on, beside its own.
   *
   * @default - none, as of a sum over everything
   */
  readonly labels?: Record<string, string>;

  /**
   * Whether it fires when nothing is measured at all, because absence is what it is about.
   *
   * @default false
   */
  readonly firesWithoutData?: boolean;

  /**
   * The labels of the expression that the alert carries on when nothing is measured at all.
   *
   * @default - those of `labels`
   */
  readonly labelsWithoutData?: Record<string, string>;
}
