import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CollectorOptions, Duration, Observability, type ObservabilityOptions, TelemetryBackend } from '../../src';
import { synth } from '../support/synth';
import { observed } from './support';

interface Pipeline {
  readonly receivers: string[];
  readonly processors: string[];
  readonly exporters: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: what is in a component's settings has no type here
type Settings = Record<string, any>;

interface CollectorFile {
  readonly extensions: Record<string, Settings>;
  readonly exporters: Record<string, Settings>;
  readonly processors: Record<string, Settings>;
  readonly service: { readonly extensions: string[]; readonly pipelines: Record<string, Pipeline> };
}

function files(options: ObservabilityOptions): Record<string, string> {
  return synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new Observability(project, options);
    return project;
  });
}

function collector(options: CollectorOptions, file = 'collector.yaml'): CollectorFile {
  return parse(files({ collector: options })[`observability/collector/${file}`]!);
}

const EVERYWHERE: CollectorOptions = {
  traces: [
    TelemetryBackend.tempo(),
    TelemetryBackend.jaeger({ tokenFile: '/etc/otelcol/secrets/jaeger-token' }),
    TelemetryBackend.datadog(),
    TelemetryBackend.otlp('honeycomb', { endpoint: 'https://api.honeycomb.io', tokenFile: '/run/secrets/honeycomb' }),
    TelemetryBackend.elasticsearch({ endpoint: 'https://elastic.acme.com:9200' }),
    TelemetryBackend.openSearch({ endpoint: 'https://search.acme.com', region: 'eu-west-1' }),
  ],
  logs: [
    TelemetryBackend.loki({ endpoint: 'https://logs.acme.com/otlp', username: '4711' }),
    TelemetryBackend.elasticsearch({ endpoint: 'https://elastic.acme.com:9200' }),
    TelemetryBackend.openSearch({ endpoint: 'https://search.acme.com', region: 'eu-west-1' }),
    TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' }),
    TelemetryBackend.datadog(),
  ],
  tailSampling: {},
};

describe('the collector', () => {
  const everywhere = collector(EVERYWHERE);

  it('asks for memory first, and redacts before anything else sees a span', () => {
    const { pipelines } = everywhere.service;
    expect(pipelines['traces']?.processors).toEqual(['memory_limiter', 'resource', 'redaction']);
    expect(pipelines['logs']?.processors).toEqual(['memory_limiter', 'resource', 'redaction']);
  });

  it('makes batches in queues that try again, for every backend', () => {
    for (const [id, exporter] of Object.entries(everywhere.exporters).filter(([id]) => id !== 'prometheus')) {
      expect(exporter, id).toMatchObject({ sending_queue: { enabled: true, batch: expect.anything() } });
      expect(exporter['retry_on_failure'] ?? exporter['retry'], id).toMatchObject({ enabled: true });
    }
  });

  it('starts every extension that signs requests, and uses each', () => {
    const { extensions, service, exporters } = everywhere;
    expect(service.extensions).toEqual(Object.keys(extensions));
    const used = Object.values(exporters).flatMap(
      ({ auth, http }) => auth?.authenticator ?? http?.auth?.authenticator ?? [],
    );
    expect(used.sort()).toEqual(service.extensions.filter((id) => id !== 'health_check').sort());
  });

  it('names every exporter that a pipeline uses, and uses every one', () => {
    const used = Object.values(everywhere.service.pipelines).flatMap(({ exporters }) => exporters);
    expect(Object.keys(everywhere.exporters).filter((id) => !used.includes(id))).toEqual([]);
  });

  it('has no credential in any file, only the paths of those that hold one', () => {
    expect(files({ collector: EVERYWHERE })['observability/collector/collector.yaml']).not.toMatch(
      /(password|token|api_key): /,
    );
    expect(everywhere.extensions['basicauth/loki']).toEqual({
      client_auth: { username: '4711', password_file: '/etc/otelcol/secrets/loki-password' },
    });
    expect(everywhere.exporters['datadog']?.['api'].key).toBe('${file:/etc/otelcol/secrets/datadog-api-key}');
  });

  it('counts all requests before it leaves any out', () => {
    const { pipelines } = everywhere.service;
    expect(pipelines['traces']?.exporters).toEqual(['forward', 'service_graph', 'datadog/connector']);
    expect(pipelines['traces/kept']).toMatchObject({ receivers: ['forward'], processors: ['tail_sampling'] });
    expect(pipelines['metrics/datadog']).toMatchObject({ receivers: ['datadog/connector'], exporters: ['datadog'] });
  });

  it('keeps errors, what is slow, and a share of the rest', () => {
    const { tail_sampling: sampling } = collector({
      tailSampling: { slowerThan: Duration.millis(500), ratio: 0.07, tracesInMemory: 100 },
    }).processors;
    expect(sampling).toMatchObject({
      num_traces: 100,
      policies: [
        { status_code: { status_codes: ['ERROR'] } },
        { latency: { threshold_ms: 500 } },
        { probabilistic: { sampling_percentage: 7 } },
      ],
    });
  });

  it('ships what pods write to the same backends as the logs that it is sent', () => {
    const podLogs = collector(EVERYWHERE, 'pod-logs.yaml');
    expect(podLogs.service.pipelines['logs']?.exporters).toEqual(everywhere.service.pipelines['logs']?.exporters);
    expect(podLogs.service.pipelines['logs']?.processors[0]).toBe('memory_limiter');
    for (const { sending_queue: queue } of Object.values(podLogs.exporters)) {
      expect(queue).toMatchObject({ storage: 'file_storage/checkpoints' });
    }
  });

  it('gives up nothing that pods have written, and waits rather than send it twice', () => {
    for (const [id, exporter] of Object.entries(collector(EVERYWHERE, 'pod-logs.yaml').exporters)) {
      const { sending_queue: queue, retry_on_failure: again, retry } = exporter;
      expect(queue, id).toMatchObject({ block_on_overflow: true });
      expect(again?.max_elapsed_time ?? retry?.max_retries, id).toBe(again === undefined ? 100_000 : '0s');
    }
    // A service does not wait for telemetry.
    expect(JSON.stringify(everywhere.exporters)).not.toContain('block_on_overflow');
  });

  it('sends what is measured at home to the local stack, whatever is sent to elsewhere', () => {
    const here = files({ collector: EVERYWHERE });
    expect(here['observability/compose.yaml']).toContain('--config=/etc/otelcol/local.yaml');
    expect(here['observability/collector/local.yaml']).not.toMatch(/datadog|elastic|search|cloudwatch/);
    expect(files({})['observability/compose.yaml']).toContain('--config=/etc/otelcol/collector.yaml');
    expect(files({})).not.toHaveProperty(['observability/collector/local.yaml']);
  });
});

describe('the collector is refused', () => {
  const messages = (options: ObservabilityOptions) =>
    observed(options)
      .service.problems()
      .map(({ place, message }) => `${place} ${message}`);

  it.each<[string, ObservabilityOptions, string]>([
    [
      'a backend that does not take the signal',
      { collector: { traces: [TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' })] } },
      'observability.collector.traces goes to awscloudwatchlogs, which does not take traces',
    ],
    [
      'a backend named twice',
      { collector: { logs: [TelemetryBackend.loki(), TelemetryBackend.loki()] } },
      'goes to loki twice',
    ],
    ['no backend', { collector: { logs: [] } }, 'goes nowhere'],
    [
      'a credential in a URL',
      { collector: { logs: [TelemetryBackend.loki({ endpoint: 'https://u:p@loki:3100/otlp' })] } },
      'carries a credential',
    ],
    [
      'a credential where the path of a file belongs',
      { collector: { traces: [TelemetryBackend.datadog({ apiKeyFile: '0123456789abcdef' })] } },
      'a credential itself never belongs here',
    ],
    [
      'a password in plain text',
      { collector: { logs: [TelemetryBackend.loki({ username: 'shop' })] } },
      'in plain text: use TLS',
    ],
    [
      'no way to prove who it is',
      { collector: { logs: [TelemetryBackend.openSearch({ endpoint: 'https://search.acme.com' })] } },
      'either a username or an AWS region',
    ],
    [
      'a retention that CloudWatch does not know',
      {
        collector: { logs: [TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' })] },
        retention: { logs: Duration.days(45) },
      },
      'cannot keep logs for 45d',
    ],
    [
      'sampling before sampling',
      { traceSampleRatio: 0.1, collector: { tailSampling: {} } },
      'observability.traceSampleRatio leaves out traces before collector.tailSampling',
    ],
    [
      'a decision before what is slow is over',
      { collector: { tailSampling: { slowerThan: Duration.seconds(20) } } },
      'decides before it knows what takes longer than 20s',
    ],
    [
      'a share above one',
      { collector: { tailSampling: { ratio: 5 } } },
      'observability.collector.tailSampling.ratio is no share from 0 to 1',
    ],
    [
      'metrics that are gone before an objective looks back at them',
      { retention: { metrics: Duration.days(14) } },
      'is shorter than the 30d that the objective "availability" looks back over',
    ],
    ['half a day', { retention: { traces: Duration.hours(12) } }, 'is no whole number of days'],
  ])('with %s', (_, options, message) => {
    expect(messages(options)).toContainEqual(expect.stringContaining(message));
  });

  it('with nothing of the sort by default, and with tail sampling alone', () => {
    expect(messages({})).toEqual([]);
    expect(messages({ collector: EVERYWHERE })).toEqual([]);
  });
});

describe('retention', () => {
  const kept = files({
    retention: { metrics: Duration.days(60), logs: Duration.days(14), traces: Duration.days(3) },
    collector: { logs: [TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' })] },
  });

  it('is what every store is told', () => {
    expect(kept['observability/compose.yaml']).toContain('--storage.tsdb.retention.time=60d');
    expect(kept['observability/loki/loki.yaml']).toContain('retention_period: 336h');
    expect(kept['observability/tempo/tempo.yaml']).toContain('block_retention: 72h');
    expect(kept['observability/collector/collector.yaml']).toContain('log_retention: 14');
  });
});
