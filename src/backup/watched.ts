import { type AlertTest, Duration } from '../service';
import { isPushed, LOCAL } from './facts';
import type { DatabaseBackupOptions } from './options';

/** The environments that somebody deploys, as a matcher of PromQL. */
export const DEPLOYED = `environment!~"${LOCAL.join('|')}"`;

/** Those where somebody takes what jobs say of themselves; nothing where nobody does. */
export function pushing(options: DatabaseBackupOptions): string | undefined {
  const { pushMetrics = true, environments = {} } = options;
  if (pushMetrics) {
    return DEPLOYED;
  }
  const named = Object.keys(environments).filter((name) => environments[name]?.pushgatewayUrl !== undefined);
  return isPushed(options) ? `environment=~"${named.sort().join('|')}"` : undefined;
}

/**
 * When something last went well, by environment.
 *
 * One Prometheus may see several environments, and a Pushgateway that they share: what one of them says must not stand for another
 * that has never said anything. Nor may the rules ask for an environment by its name, which the Prometheus of another one never sees. So
 * they go by the environments that it sees running.
 */
export class Watched {
  private readonly running: string;

  /**
   * @param job the name of the service
   * @param environments a matcher of PromQL
   */
  constructor(
    private readonly job: string,
    environments: string,
  ) {
    this.running = `build_info{job="${job}", ${environments}}`;
  }

  /** True where it is too long ago, and where an environment runs that says nothing; without any, where there is nothing at all. */
  public tooOld(metric: string, limit: Duration): string {
    return this.overdue(`${metric}{job="${this.job}"}`, limit, 'job, environment');
  }

  /** The same of what several replicas say, one of which is enough. */
  public largestTooOld(metric: string, limit: Duration): string {
    return this.overdue(`max by (environment) (${metric}{job="${this.job}"})`, limit, 'environment');
  }

  /** It becomes too old and new again in prod, and then prod no longer says anything, while staging is well all the time. */
  public ageing(metric: string, limit: Duration): AlertTest {
    const { job } = this;
    return { ...this.scenario(metric, limit), labels: { environment: 'prod', job }, labelsWithoutData: { job } };
  }

  public largestAgeing(metric: string, limit: Duration): AlertTest {
    return { ...this.scenario(metric, limit), labels: { environment: 'prod' }, labelsWithoutData: {} };
  }

  private overdue(last: string, limit: Duration, by: string): string {
    return [
      `time() - ${last} > ${seconds(limit)}`,
      `group by (${by}) (${this.running}) unless on (${by}) ${last}`,
      `absent(${last}) unless on () ${this.running}`,
    ].join(' or ');
  }

  private scenario(metric: string, limit: Duration): AlertTest {
    const of = (name: string, environment: string) => `${name}{environment="${environment}", job="${this.job}"}`;
    return {
      series: {
        [of(metric, 'prod')]: `${3600 - seconds(limit)}x119 7200+60x59 _x60 14400+60x29`,
        [of(metric, 'staging')]: '0+60x269',
        [of('build_info', 'prod')]: '1x269',
        [of('build_info', 'staging')]: '1x269',
      },
      quietAt: Duration.minutes(55),
      firesAt: Duration.minutes(100),
      alsoFiresAt: Duration.minutes(230),
      resolvedAt: Duration.minutes(250),
      firesWithoutData: true,
    };
  }
}

export function seconds(duration: Duration): number {
  return duration.toMillis() / 1000;
}
