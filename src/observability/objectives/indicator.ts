import type { Objective } from '../../service';
import { HTTP_DURATION, SERVED } from '../http-metrics';
import { own } from '../selector';

/** What an objective counts (its SLI): PromQL for how many requests there were and how many of them were bad. */
export interface Indicator {
  total(per: string): string;
  bad(per: string): string;
}

export function indicatorOf(serviceName: string, { route, latency }: Objective): Indicator {
  const [method, template] = route?.split(' ') ?? [];
  const matchers = route === undefined ? [SERVED] : [`method="${method}"`, `route=${JSON.stringify(template)}`];
  const select = (suffix: string, ...more: string[]) =>
    own(`${HTTP_DURATION}_${suffix}`, serviceName, ...matchers, ...more);
  const sum = (series: string) => (per: string) => `sum(${per.replace('…', () => series)})`;
  if (latency === undefined) {
    const total = sum(select('count'));
    const failed = sum(select('count', 'status=~"5.."'));
    // Without a single failure there is no series of failures, but there are requests.
    return { total, bad: (per) => `(${failed(per)} or 0 * ${total(per)})` };
  }
  // What fails quickly is not quick; it is the other objective that counts failures.
  const total = sum(select('count', 'status!~"5.."'));
  const good = sum(select('bucket', 'status!~"5.."', bound(latency.toSeconds())));
  return { total, bad: (per) => `(${total(per)} - ${good(per)})` };
}

/** Prometheus 3 writes whole bounds as `1.0`, clients and Prometheus 2 as `1`. */
function bound(seconds: number): string {
  return Number.isInteger(seconds) ? `le=~"${seconds}(\\\\.0)?"` : `le="${seconds}"`;
}
