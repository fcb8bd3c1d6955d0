import { authenticatorId, type Destination, exporterId } from './destination';
import { exportersOf, extensionsOf } from './exporters';
import type { CollectorChoices } from './options';
import { HEALTH, PROCESSORS, processors, telemetry } from './processors';
import { tailSamplingProcessor } from './tail-sampling';

/**
 * The collector that services send to: takes spans and log records, removes what must not leave, and passes the rest on.
 *
 * @see https://opentelemetry.io/docs/collector/configuration/
 */
export function gatewayFile(choices: CollectorChoices): object {
  const { traces, logs, tailSampling } = choices;
  const all = [...new Map([...traces, ...logs].map((each) => [each.name, each])).values()];
  const counting = traces.filter(({ connector }) => connector !== undefined);
  return {
    extensions: { ...HEALTH, ...extensionsOf(all) },
    receivers: {
      otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' }, http: { endpoint: '0.0.0.0:4318' } } },
    },
    processors: {
      ...processors,
      ...(tailSampling === undefined ? {} : { tail_sampling: tailSamplingProcessor(tailSampling) }),
    },
    connectors: {
      // Who asks whom, how often, and how long it takes: Grafana draws the service graph from it.
      service_graph: {
        store: { ttl: '10s', max_items: 10_000 },
        latency_histogram_buckets: ['10ms', '50ms', '100ms', '500ms', '1s', '5s'],
      },
      ...Object.fromEntries(counting.map((each) => [connectorId(each), each.connector?.settings])),
      ...(tailSampling === undefined ? {} : { forward: {} }),
    },
    exporters: { ...exportersOf(all, choices), prometheus: { endpoint: '0.0.0.0:8889' } },
    service: {
      extensions: [...Object.keys(HEALTH), ...all.flatMap((each) => authenticatorId(each) ?? [])],
      telemetry,
      pipelines: {
        ...tracePipelines(choices, counting),
        logs: { receivers: ['otlp'], processors: PROCESSORS, exporters: logs.map(exporterId) },
        metrics: { receivers: ['service_graph'], processors: ['memory_limiter'], exporters: ['prometheus'] },
        ...Object.fromEntries(
          counting.map((each) => [
            `metrics/${each.name}`,
            { receivers: [connectorId(each)], processors: ['memory_limiter'], exporters: [exporterId(each)] },
          ]),
        ),
      },
    },
  };
}

/** What counts requests sees all of them; what is left out is left out after that. */
function tracePipelines({ traces, tailSampling }: CollectorChoices, counting: readonly Destination[]): object {
  const counts = ['service_graph', ...counting.map(connectorId)];
  const kept = traces.map(exporterId);
  return tailSampling === undefined
    ? { traces: { receivers: ['otlp'], processors: PROCESSORS, exporters: [...kept, ...counts] } }
    : {
        traces: { receivers: ['otlp'], processors: PROCESSORS, exporters: ['forward', ...counts] },
        'traces/kept': { receivers: ['forward'], processors: ['tail_sampling'], exporters: kept },
      };
}

function connectorId({ connector, name }: Destination): string {
  return `${connector?.type ?? name}/connector`;
}
