import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { golden, mutate, onCopy, run } from './tools';

const COLLECTOR = 'observability/collector';
const services = readdirSync(golden).filter((service) => existsSync(join(golden, service, COLLECTOR)));

/** Components that the collector of this lane lacks, each for its reason; everything else must be in it. */
const LACKING: Readonly<Record<string, string>> = {
  awscloudwatchlogs: 'the checksum database does not know this version of its module',
  datadog: 'its modules would take longer to build than all others together',
  elasticsearch: 'the checksum database does not know this version of its module',
  opensearch: 'the Go proxy does not have its module',
  sigv4auth: 'the checksum database does not know this version of its module',
};

interface Config extends Record<string, unknown> {
  readonly service: {
    readonly extensions?: string[];
    readonly pipelines: Record<string, { receivers: string[]; processors?: string[]; exporters: string[] }>;
  };
}

const isThere = (id: string) => LACKING[id.split('/', 1)[0]!] === undefined;

/** A configuration without what cannot be checked here. */
function checkable(config: Config): object {
  const present = (ids: readonly string[] = []) => ids.filter(isThere);
  const sections = ['extensions', 'receivers', 'processors', 'connectors', 'exporters'].map((name) => {
    const components = Object.entries((config[name] ?? {}) as object);
    return [name, Object.fromEntries(components.filter(([id]) => isThere(id)))];
  });
  const pipelines = Object.entries(config.service.pipelines)
    .map(([id, { receivers, processors = [], exporters }]) => {
      return [id, { receivers: present(receivers), processors, exporters: present(exporters) }] as const;
    })
    .filter(([, { receivers, exporters }]) => receivers.length > 0 && exporters.length > 0);
  return {
    ...config,
    ...Object.fromEntries(sections),
    service: {
      ...config.service,
      extensions: present(config.service.extensions),
      pipelines: Object.fromEntries(pipelines),
    },
  };
}

/** The verdicts of a real collector on every configuration of a service. */
function validate(service: string, breaking: (folder: string) => void = () => undefined) {
  return onCopy(service, (folder) => {
    breaking(folder);
    return readdirSync(join(folder, COLLECTOR)).map((file) => {
      const path = join(folder, COLLECTOR, file);
      const checked = join(folder, file);
      writeFileSync(checked, stringify(checkable(parse(readFileSync(path, 'utf8')) as Config)));
      return run(folder, 'otelcol', 'validate', `--config=${checked}`);
    });
  });
}

it('finds golden services with a collector', () => {
  expect(services).toEqual(expect.arrayContaining(['default', 'sqlite-minimal']));
});

describe('otelcol validate', () => {
  it.each(services)('accepts what %s has', (service) => {
    for (const verdict of validate(service)) {
      expect(verdict).toMatchObject({ passed: true });
    }
  });

  it.each([
    ['a processor that does not exist', /^( +)memory_limiter:$/m, '$1memory_limit:', 'unknown type: "memory_limit"'],
    ['a setting that does not exist', 'spike_limit_percentage:', 'spike_percentage:', 'spike_percentage'],
    ['a pipeline without its exporter', /- otlp_?http\/\w+/, '- otlp/nowhere', 'otlp/nowhere'],
    ['a limit without sense', 'limit_percentage: 80', 'limit_percentage: 180', 'percentage'],
  ])('refuses %s', (_, healthy, broken, finding) => {
    const verdicts = validate('default', (folder) =>
      mutate(join(folder, COLLECTOR, 'collector.yaml'), healthy, broken),
    );
    expect(verdicts).toContainEqual({ passed: false, output: expect.stringContaining(finding) });
  });

  it('says nothing about what is lacking here, and something about all the rest', () => {
    const pipelines = {
      traces: { receivers: ['otlp'], exporters: ['datadog', 'otlp/tempo'] },
      metrics: { receivers: ['datadog/connector'], exporters: ['datadog'] },
    };
    const exporters = { datadog: {}, 'otlp/tempo': {} };
    expect(checkable({ exporters, service: { pipelines } })).toMatchObject({
      exporters: { 'otlp/tempo': {} },
      service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp/tempo'] } } },
    });
  });

  // What is tested is what runs.
  it('is of the version of the image in the local stack', () => {
    const { version } = /otelcol version (?<version>\S+)/.exec(run(golden, 'otelcol', '--version').output)!.groups!;
    expect(readFileSync(join(golden, 'default/observability/compose.yaml'), 'utf8')).toContain(
      `otel/opentelemetry-collector-contrib:${version}`,
    );
  });
});
