import { ConfigType, ConfigVariable, Duration, type Fact, Metric, MetricSource } from '../service';

const STATED_BY = 'SecretsConfig';

/**
 * What following rotations means for the rest of the service.
 */
export function refreshFacts(): Fact[] {
  const props = { labels: ['variable'], source: MetricSource.PLATFORM, statedBy: STATED_BY };
  return [
    new ConfigVariable('SECRET_REFRESH_INTERVAL', {
      type: ConfigType.duration({ min: Duration.millis(100) }),
      defaultValue: Duration.minutes(1),
      description:
        'How often secrets are read again from mounted files and stores, so that a rotation needs no restart',
      statedBy: STATED_BY,
    }),
    Metric.counter('secret_refresh_failures_total', { help: 'Times that a secret could not be read again', ...props }),
    Metric.gauge('secret_stale', { help: 'Whether the last good value is in use because the source fails', ...props }),
    Metric.gauge('secret_changed_timestamp_seconds', {
      help: 'When the secret was last rotated, where its source knows',
      unit: 'seconds',
      ...props,
    }),
  ];
}
