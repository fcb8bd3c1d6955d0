/**
 * Time series that make an alert fire and resolve, for `promtool test rules`.
 *
 * Time begins at zero there, so what happened long before has a negative time.
 */
export interface Scenario {
  /** Each series with its samples, one a minute, in promtool's notation: `0+10x30 _x5 1x10`. */
  readonly series: Readonly<Record<string, string>>;
  /** The minute at which it does not fire yet; -1 for what always fires. */
  readonly quietAt: number;
  /** The minute at which it fires. */
  readonly firesAt: number;
  /** Another such minute, at which another part of the expression is true. */
  readonly alsoFiresAt?: number;
  /** The minute at which it has resolved; -1 for what never does. */
  readonly resolvedAt: number;
  /** The labels of the expression that the alert carries on, beside its own. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether it fires when nothing is measured at all, because absence is what it is about. */
  readonly firesWithoutData?: boolean;
}
