import type { Duration } from '../../service';
import type { Retention } from '../retention';

/** Where logs are kept on a developer's machine. */
export function lokiFile({ logs }: Retention): object {
  return {
    auth_enabled: false,
    server: { http_listen_port: 3100 },
    common: {
      path_prefix: '/loki',
      replication_factor: 1,
      ring: { kvstore: { store: 'inmemory' } },
      storage: { filesystem: { chunks_directory: '/loki/chunks', rules_directory: '/loki/rules' } },
    },
    schema_config: {
      configs: [
        {
          from: '2026-01-01',
          store: 'tsdb',
          object_store: 'filesystem',
          schema: 'v13',
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    limits_config: { allow_structured_metadata: true, retention_period: inHours(logs) },
    compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
    analytics: { reporting_enabled: false },
  };
}

/** Where traces are kept on a developer's machine. */
export function tempoFile({ traces }: Retention): object {
  return {
    server: { http_listen_port: 3200 },
    distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: '0.0.0.0:4317' } } } } },
    storage: { trace: { backend: 'local', local: { path: '/var/tempo/traces' }, wal: { path: '/var/tempo/wal' } } },
    compactor: { compaction: { block_retention: inHours(traces) } },
    usage_report: { reporting_enabled: false },
  };
}

/** Neither knows days. */
function inHours(duration: Duration): string {
  return `${duration.toMillis() / 3_600_000}h`;
}

/** Where Grafana finds everything, and how one leads to the other. */
export function dataSourcesFile(): object {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: 'prometheus',
        type: 'prometheus',
        url: 'http://prometheus:9090',
        isDefault: true,
        jsonData: { timeInterval: '15s', exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }] },
      },
      {
        name: 'Loki',
        uid: 'loki',
        type: 'loki',
        url: 'http://loki:3100',
        jsonData: {
          derivedFields: [
            {
              name: 'Trace',
              matcherType: 'label',
              matcherRegex: 'trace_id',
              datasourceUid: 'tempo',
              url: '$${__value.raw}',
            },
          ],
        },
      },
      {
        name: 'Tempo',
        uid: 'tempo',
        type: 'tempo',
        url: 'http://tempo:3200',
        jsonData: {
          serviceMap: { datasourceUid: 'prometheus' },
          tracesToLogsV2: {
            datasourceUid: 'loki',
            filterByTraceID: true,
            tags: [{ key: 'service.name', value: 'service_name' }],
          },
        },
      },
      {
        name: 'Alertmanager',
        uid: 'alertmanager',
        type: 'alertmanager',
        url: 'http://alertmanager:9093',
        jsonData: { implementation: 'prometheus' },
      },
    ],
  };
}
