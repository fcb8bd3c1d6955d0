import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { golden, mutate, onCopy, run } from './tools';

const COLLECTOR = 'observability/collector';
const services = readdirSync(golden).filter((service) => existsSync(join(golden, service, COLLECTOR)));

/** The verdicts of a real collector on every configuration of a service, without the warnings that pass. */
function validate(folder: string) {
  return readdirSync(join(folder, COLLECTOR)).map((file) =>
    run(folder, 'otelcol', 'validate', `--config=${COLLECTOR}/${file}`),
  );
}

it('finds golden services with a collector', () => {
  expect(services).toEqual(expect.arrayContaining(['default', 'sqlite-minimal']));
});

describe('otelcol validate', () => {
  it.each(services)('accepts what %s has', (service) => {
    for (const verdict of validate(join(golden, service))) {
      expect(verdict).toMatchObject({ passed: true });
    }
  });

  it.each([
    ['a processor that does not exist', /^( +)memory_limiter:$/m, '$1memory_limit:', 'unknown type: "memory_limit"'],
    ['a setting that does not exist', 'spike_limit_percentage:', 'spike_percentage:', 'spike_percentage'],
    ['a pipeline without its exporter', /- otlp_?http\/\w+/, '- otlp/nowhere', 'otlp/nowhere'],
    ['a limit without sense', 'limit_percentage: 80', 'limit_percentage: 180', 'percentage'],
  ])('refuses %s', (_, healthy, broken, finding) => {
    onCopy('default', (folder) => {
      mutate(join(folder, COLLECTOR, 'collector.yaml'), healthy, broken);
      expect(validate(folder)).toContainEqual({ passed: false, output: expect.stringContaining(finding) });
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
