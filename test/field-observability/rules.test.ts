import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { golden, mutate, onCopy, run, type Verdict } from './tools';

const services = readdirSync(golden).filter((service) => existsSync(join(golden, service, 'observability')));

const RULES = 'observability/prometheus/rules';
const TESTS = 'observability/prometheus/tests';

const gates: Record<string, (folder: string) => Verdict> = {
  'promtool check rules': (folder) =>
    run(folder, 'promtool', 'check', 'rules', `${RULES}/recording.yaml`, `${RULES}/alerts.yaml`),
  'promtool test rules': (folder) =>
    run(folder, 'promtool', 'test', 'rules', `${TESTS}/alerts.test.yaml`, `${TESTS}/objectives.test.yaml`),
  pint: (folder) => run(folder, 'pint', '--offline', '--no-color', 'lint', '--fail-on=warning', RULES),
  'amtool check-config': (folder) =>
    run(folder, 'amtool', 'check-config', 'observability/alertmanager/alertmanager.yaml'),
};

it('finds golden services that are observed', () => {
  expect(services).toEqual(expect.arrayContaining(['default', 'sqlite-minimal']));
});

describe.each(Object.keys(gates))('%s', (gate) => {
  it.each(services)('accepts what %s has', (service) => {
    expect(gates[gate]!(join(golden, service))).toMatchObject({ passed: true });
  });
});

describe('of broken rules', () => {
  it.each([
    [
      'a query that does not parse',
      'promtool check rules',
      'alerts.yaml',
      'sum(up{job="orders"}) == 0',
      'sum(up{job="orders"} == 0',
    ],
    ['an alert that fires too late', 'promtool test rules', 'alerts.yaml', 'for: 1m', 'for: 30m'],
    ['an alert that never fires', 'promtool test rules', 'alerts.yaml', '> 0.01', '> 1.01'],
    [
      'an alert that always fires',
      'promtool test rules',
      'alerts.yaml',
      'sum(up{job="orders"}) == 0',
      'sum(up{job="orders"}) >= 0',
    ],
    [
      'a burn rate that is ten times too high',
      'promtool test rules',
      'alerts.yaml',
      /> 14\.4 \* 0\.01/g,
      '> 144 * 0.01',
    ],
    ['a recording rule under another name', 'promtool test rules', 'recording.yaml', /ratio_rate5m/g, 'ratio_rate_5m'],
    [
      'a summary without its label',
      'promtool test rules',
      'alerts.yaml',
      '{{ $labels.check }} fails',
      '{{ $labels.chek }} fails',
    ],
    ['a runbook that moved', 'promtool test rules', 'alerts.yaml', 'runbooks/service-down.md', 'runbooks/down.md'],
    ['a label that is aggregated away', 'pint', 'alerts.yaml', '{{ $labels.host }}', '{{ $labels.hostname }}'],
    ['a comparison that is missing', 'pint', 'alerts.yaml', 'sum(up{job="orders"}) == 0', 'sum(up{job="orders"})'],
  ])('%s is refused by %s', (_, gate, file, healthy, broken) => {
    onCopy('default', (folder) => {
      mutate(join(folder, RULES, file), healthy, broken);
      expect(gates[gate]!(folder)).toMatchObject({ passed: false });
    });
  });
});
