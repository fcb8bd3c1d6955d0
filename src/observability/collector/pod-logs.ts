import { authenticatorId, exporterId } from './destination';
import { exportersOf, extensionsOf } from './exporters';
import type { CollectorChoices } from './options';
import { HEALTH, PROCESSORS, processors, telemetry } from './processors';

/** Where the place is remembered up to which each file has been read. */
const STORAGE = 'file_storage/checkpoints';

/**
 * A collector on each node that reads what the pods of the service write to standard output, and ships it.
 *
 * It needs a DaemonSet that sees `/var/log/pods`, which the pods of the service must not: it belongs to the platform.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver
 */
export function podLogsFile(choices: CollectorChoices): object {
  const { serviceName, logs } = choices;
  const authenticators = logs.flatMap((each) => authenticatorId(each) ?? []);
  return {
    extensions: {
      ...HEALTH,
      [STORAGE]: { directory: '/var/lib/otelcol', create_directory: true },
      ...extensionsOf(logs),
    },
    receivers: {
      file_log: {
        include: [`/var/log/pods/\${env:NAMESPACE:-*}_${serviceName}-*/*/*.log`],
        // What was written before the agent came is what one looks for after an incident.
        start_at: 'beginning',
        include_file_path: true,
        include_file_name: false,
        storage: STORAGE,
        // Asks again where the next one has no memory, instead of losing the line.
        retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
        operators: OPERATORS,
      },
    },
    processors: {
      ...processors,
      // What is no JSON does not say whose it is.
      'resource/service': { attributes: [{ key: 'service.name', action: 'insert', value: serviceName }] },
    },
    exporters: persistent(exportersOf(logs, choices)),
    service: {
      extensions: [...Object.keys(HEALTH), STORAGE, ...authenticators],
      telemetry,
      pipelines: {
        logs: {
          receivers: ['file_log'],
          processors: [...PROCESSORS, 'resource/service'],
          exporters: logs.map(exporterId),
        },
      },
    },
  };
}

/**
 * Nothing that is still on the disk is given up. A line counts as read once it is in a queue, so the queue outlives the collector, and what
 * is in it is tried for as long as it takes. A full queue makes reading wait, instead of failing: a failure would send the batch once more
 * to the backends that have it already.
 */
function persistent(exporters: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(exporters).map(([id, exporter]) => {
      const { sending_queue, retry_on_failure, retry } = exporter as Record<string, object | undefined>;
      return [
        id,
        {
          ...exporter,
          sending_queue: { ...sending_queue, storage: STORAGE, block_on_overflow: true },
          ...(retry_on_failure === undefined
            ? {}
            : { retry_on_failure: { ...retry_on_failure, max_elapsed_time: '0s' } }),
          // Elasticsearch's has a number of times, and no word for always; this is a month.
          ...(retry === undefined ? {} : { retry: { ...retry, max_retries: 100_000 } }),
        },
      ];
    }),
  );
}

/**
 * From a line of the container runtime to a record. The line stays whole, as the parsed body, so that redaction reaches all of it; what
 * backends look for elsewhere is also put there.
 */
const OPERATORS: object[] = [
  { id: 'container', type: 'container' },
  {
    id: 'line',
    type: 'json_parser',
    // What a crash of the runtime itself prints is no JSON, and is shipped as it is.
    if: 'body matches "^\\\\{.*\\\\}$"',
    on_error: 'send_quiet',
    parse_to: 'body',
    timestamp: { parse_from: 'body.time', layout_type: 'gotime', layout: '2006-01-02T15:04:05.000Z07:00' },
    severity: { parse_from: 'body.level' },
    trace: { trace_id: { parse_from: 'body.traceId' }, span_id: { parse_from: 'body.spanId' } },
  },
  ...Object.entries({
    service: 'service.name',
    version: 'service.version',
    environment: 'deployment.environment.name',
  }).map(([from, to]) => ({
    id: from,
    type: 'copy',
    if: `type(body) == "map" && body.${from} != nil`,
    from: `body.${from}`,
    to: `resource["${to}"]`,
  })),
];
