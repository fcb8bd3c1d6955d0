import { Duration } from '../service';
import {
  count,
  flag,
  instance,
  list,
  oneOf,
  peer,
  record,
  sensible,
  struct,
  text,
  unshown,
  whole,
} from '../service/option-shapes';
import { ExternalMetrics } from './catalogues';
import { type CollectorOptions, type TailSamplingOptions, TelemetryBackend } from './collector';
import { ErrorTracking } from './error-tracking/error-tracking';
import type { ObservabilityOptions } from './observability';
import type { RetentionOptions } from './retention';

const share = sensible(
  count,
  (value) => value >= 0 && value <= 1,
  'is no share from 0 to 1',
  'give a number such as 0.05',
);

const traces = sensible(
  count,
  (value) => Number.isInteger(value) && value > 0,
  'is no number of traces above zero',
  'give a whole number such as 20000',
);

const duration = instance(Duration, 'Duration.days(30)');

// Whoever takes a name for the thing itself may write a credential of it.
const backends = unshown(
  whole(list(instance(TelemetryBackend, 'TelemetryBackend.tempo()'), '[TelemetryBackend.tempo()]')),
);
const errorTracking = unshown(instance(ErrorTracking, 'ErrorTracking.sentry()'));

/** The options of observability. */
export const OPTIONS = struct<ObservabilityOptions & { enabled?: boolean }>({
  enabled: flag,
  traceSampleRatio: share,
  accessLogSampleRatio: share,
  externalMetrics: list(oneOf('ExternalMetrics', ExternalMetrics), '[ExternalMetrics.KUBERNETES]'),
  errorTracking,
  collector: struct<CollectorOptions>({
    traces: backends,
    logs: backends,
    endpoints: record(text, "{ prod: 'http://otel-collector.monitoring:4318' }"),
    peer,
    tailSampling: struct<TailSamplingOptions>({
      slowerThan: duration,
      ratio: share,
      decisionWait: duration,
      tracesInMemory: traces,
    }),
  }),
  retention: struct<RetentionOptions>({ metrics: duration, logs: duration, traces: duration }),
});
