import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { golden, mutate, onCopy, run, type Verdict } from './tools';

const services = readdirSync(golden).filter((service) => existsSync(join(golden, service, 'observability')));

const RULES = 'observability/prometheus/rules';
const TESTS = 'observability/prometheus/tests';
const ALERTMANAGER = 'observability/alertmanager/alertmanager.yaml';

const gates: Record<string, (folder: string) => Verdict> = {
  'promtool check rules': (folder) =>
    run(folder, 'promtool', 'check', 'rules', `${RULES}/recording.yaml`, `${RULES}/alerts.yaml`),
  'promtool test rules': (folder) =>
    run(folder, 'promtool', 'test', 'rules', `${TESTS}/alerts.test.yaml`, `${TESTS}/objectives.test.yaml`),
  'promtool check config': (folder) =>
    run(folder, 'promtool', 'check', 'config', 'observability/prometheus/prometheus.yaml'),
  'amtool check-config': (folder) => run(folder, 'amtool', 'check-config', ALERTMANAGER),
};

// Who has not moved on yet reads the same files.
it('and so does the promtool of Prometheus 2', () => {
  const folder = join(golden, 'default');
  expect(run(folder, 'promtool-2', '--version').output).toContain('version 2.');
  expect(
    run(folder, 'promtool-2', 'test', 'rules', `${TESTS}/alerts.test.yaml`, `${TESTS}/objectives.test.yaml`),
  ).toMatchObject({ passed: true });
  expect(run(folder, 'promtool-2', 'check', 'config', 'observability/prometheus/prometheus.yaml')).toMatchObject({
    passed: true,
  });
});

it('finds golden services that are observed', () => {
  expect(services).toEqual(expect.arrayContaining(['default', 'sqlite-minimal']));
});

describe.each(Object.keys(gates))('%s', (gate) => {
  it.each(services)('accepts what %s has', (service) => {
    expect(gates[gate]!(join(golden, service))).toMatchObject({ passed: true });
  });
});

// What is tested is what runs.
it('promtool is of the version of the image in the local stack', () => {
  const version = /version (?<version>\S+)/.exec(run(golden, 'promtool', '--version').output)?.groups?.['version'];
  expect(readFileSync(join(golden, 'default/observability/compose.yaml'), 'utf8')).toContain(
    `prom/prometheus:v${version}@`,
  );
});

it('reads what was recorded before it is asked about, in whatever order groups are read', () => {
  onCopy('default', (folder) => {
    onlyTestsOf(folder, 'AvailabilityFailsAtLowTraffic');
    mutate(join(folder, TESTS, 'objectives.test.yaml'), /((?:\s+- orders-objective\S+)+)(\s+- orders-alerts)/, '$2$1');
    expect(gates['promtool test rules']!(folder)).toMatchObject({ passed: false });
  });
});

it.each(services)('%s has no alert that nobody has seen fire', (service) => {
  const read = (path: string) => parse(readFileSync(join(golden, service, path), 'utf8'));
  const rules = (read(`${RULES}/alerts.yaml`) as { groups: Array<{ rules: Array<{ alert: string }> }> }).groups;
  const tests = ['alerts', 'objectives'].flatMap(
    (file) => (read(`${TESTS}/${file}.test.yaml`) as { tests: Array<{ name: string }> }).tests,
  );
  const seen = new Set(tests.map(({ name }) => name.split(' ')[0]));
  expect(rules.flatMap(({ rules: each }) => each).filter(({ alert }) => !seen.has(alert))).toEqual([]);
});

describe('of broken rules', () => {
  it.each([
    ['a query that does not parse', 'promtool check rules', 'sum(up{job="orders"}) == 0', 'sum(up{job="orders"} == 0'],
    ['a severity that is a list', 'promtool check rules', 'severity: page', 'severity: [page]'],
    ['a receiver that is not there', 'amtool check-config', 'receiver: heartbeat', 'receiver: hearbeat'],
  ])('%s is refused by %s', (_, gate, healthy, broken) => {
    onCopy('default', (folder) => {
      mutate(join(folder, gate.startsWith('amtool') ? ALERTMANAGER : `${RULES}/alerts.yaml`), healthy, broken);
      expect(gates[gate]!(folder)).toMatchObject({ passed: false });
    });
  });

  it.each([
    ['fires too late', 'ServiceDown', 'alerts', /(?<head>ServiceDown\n(.*\n){1,2}\s+for: )1m/, '$<head>30m'],
    ['never fires', 'HttpErrorRatioHigh', 'alerts', '> 0.01', '> 1.01'],
    ['always fires', 'ServiceDown', 'alerts', 'sum(up{job="orders"}) == 0', 'sum(up{job="orders"}) >= 0'],
    ['burns ten times too fast', 'LatencyBudgetBurnsFast', 'alerts', /> (14\.4|6) \* 0\.01/g, '> 100 * 0.01'],
    ['reads what is not recorded', 'AvailabilityBudgetBurnsFast', 'recording', /ratio_rate5m/g, 'ratio_rate_5m'],
    ['misses the longer pair', 'LatencyBudgetBurnsFast', 'recording', /ratio_rate6h/g, 'ratio_rate_6h'],
    ['misses the slowest burn', 'AvailabilityBudgetBurnsSlowly', 'recording', /ratio_rate3d/g, 'ratio_rate_3d'],
    ['forgets the next success', 'ScheduledJobFailed', 'alerts', /> (?=max by \(namespace, cronjob\))/, '> 0 * '],
    ['forgets the release after it', 'JobFailed', 'alerts', /> (?=max by \(namespace, process\))/, '> 0 * '],
    ['asks for more than there may be', 'ScrapeNearLimit', 'alerts', '> 0.8 * 50000', '> 1.8 * 50000'],
    [
      'misses what never succeeded',
      'ScheduledJobStale',
      'alerts',
      / or kube_cronjob_created/g,
      ' or kube_cronjob_creation',
    ],
    ['names a label that is not there', 'RequiredDependencyDown', 'alerts', /\$labels\.check/g, '$labels.chek'],
    ['leads to another runbook', 'ServiceDown', 'alerts', /runbooks\/service-down/g, 'runbooks/down'],
  ])('an alert that %s is refused by its test', (_, alert, file, healthy, broken) => {
    onCopy('default', (folder) => {
      onlyTestsOf(folder, alert);
      expect(gates['promtool test rules']!(folder)).toMatchObject({ passed: true });
      mutate(join(folder, RULES, `${file}.yaml`), healthy, broken);
      expect(gates['promtool test rules']!(folder)).toMatchObject({ passed: false });
    });
  });
});

/** All of them take a minute. */
function onlyTestsOf(folder: string, alert: string): void {
  for (const file of readdirSync(join(folder, TESTS))) {
    const path = join(folder, TESTS, file);
    const content = parse(readFileSync(path, 'utf8')) as { tests: Array<{ name: string }> };
    const tests = content.tests.filter(({ name }) => name.startsWith(`${alert} `));
    writeFileSync(path, stringify({ ...content, tests }));
  }
}
