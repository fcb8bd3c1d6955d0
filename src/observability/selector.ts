/**
 * A selector of this service's own series; `job` is what tells services apart in one Prometheus.
 *
 * @param matchers such as `status=~"5.."`
 */
export function own(series: string, serviceName: string, ...matchers: string[]): string {
  return `${series}{${[`job="${serviceName}"`, ...matchers].join(', ')}}`;
}
