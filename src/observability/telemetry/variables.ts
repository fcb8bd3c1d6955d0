import { ConfigType, ConfigVariable, type ConfigVariableProps, type NetworkPeer } from '../../service';

/** What can be chosen about telemetry; members of the options of observability. */
export interface TelemetryChoices {
  readonly traceSampleRatio?: number;
  readonly accessLogSampleRatio?: number;
  readonly collector?: {
    readonly tailSampling?: object;
    readonly endpoints?: Record<string, string>;
    readonly peer?: NetworkPeer;
  };
}

const SHARE = ConfigType.number({ min: 0, max: 1 });

/**
 * The config variables of telemetry. Those of tracing have the names that OpenTelemetry gives them.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function telemetryVariables({
  traceSampleRatio,
  collector,
  accessLogSampleRatio = 1,
}: TelemetryChoices): ConfigVariable[] {
  const variables: Record<string, ConfigVariableProps> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: {
      type: ConfigType.url({ schemes: ['http', 'https'] }),
      optional: true,
      values: collector?.endpoints,
      example: 'http://collector:4318',
      description: 'Collector that traces are sent to, by OTLP over HTTP; without it nothing is traced',
    },
    OTEL_TRACES_SAMPLER_ARG: {
      type: SHARE,
      // A collector that decides afterwards has to see everything.
      defaultValue: traceSampleRatio ?? (collector?.tailSampling === undefined ? 0.05 : 1),
      description: 'Share of requests that are traced where the caller has not decided',
    },
    ACCESS_LOG_SAMPLE_RATIO: {
      type: SHARE,
      defaultValue: accessLogSampleRatio,
      description: 'Share of requests that went well whose lines are written to the log',
    },
  };
  return Object.entries(variables).map(
    ([name, props]) => new ConfigVariable(name, { ...props, statedBy: 'Observability' }),
  );
}
