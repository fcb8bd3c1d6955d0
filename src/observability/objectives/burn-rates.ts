import { type Duration, Duration as Time } from '../../service';

/** A pair of windows: the long one says that it matters, the short one that it still happens. */
export interface BurnRate {
  readonly long: string;
  readonly short: string;
  /** How many times faster than allowed the budget is spent. */
  readonly factor: number;
}

/**
 * Which share of the budget may be spent in the long window before somebody is told.
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
const PAGES = [
  { long: '1h', short: '5m', share: 0.02 },
  { long: '6h', short: '30m', share: 0.05 },
];
const TICKETS = [
  { long: '1d', short: '2h', share: 0.1 },
  { long: '3d', short: '6h', share: 0.1 },
];

/** All windows over which error ratios are taken. */
export const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

export interface BurnRates {
  readonly page: BurnRate[];
  readonly ticket: BurnRate[];
}

/**
 * The burn rates at which an objective alerts.
 *
 * @param window the time over which the objective holds
 * @param errorBudget the share of requests that may be bad
 */
export function burnRates(window: Duration, errorBudget: number): BurnRates {
  const rates = (pairs: typeof PAGES): BurnRate[] =>
    pairs
      .map(({ long, short, share }) => ({
        long,
        short,
        factor: Number(((share * window.toMillis()) / Time.parse(long).toMillis()).toFixed(4)),
      }))
      // Slower than allowed, a burn leaves some of the budget; at more than all requests it cannot happen.
      .filter(({ factor }) => factor >= 0.9 && factor * errorBudget < 1);
  return { page: rates(PAGES), ticket: rates(TICKETS) };
}
