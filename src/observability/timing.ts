import { Duration } from '../service';

/** How often Prometheus asks each process for its metrics. */
export const SCRAPE_INTERVAL = Duration.seconds(15);

/** How often Prometheus evaluates rules. */
export const EVALUATION_INTERVAL = Duration.seconds(15);

/** How long Alertmanager waits for more alerts of the same kind before it tells about the first. */
export const GROUP_WAIT = { page: Duration.seconds(15), ticket: Duration.minutes(2) };

/** From a failure to the page about it. */
export const LONGEST_WAY_TO_A_PAGE = Duration.minutes(5);
