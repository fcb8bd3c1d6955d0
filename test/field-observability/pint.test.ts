import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { golden, mutate, onCopy, run } from './tools';

const RULES = 'observability/prometheus/rules';
const CONFIG = join(__dirname, 'pint.hcl');
const services = readdirSync(golden).filter((service) => existsSync(join(golden, service, RULES)));

const pint = (folder: string) =>
  run(folder, 'pint', '--no-color', '--offline', '--config', CONFIG, 'lint', '--fail-on', 'warning', RULES);

describe('pint', () => {
  it.each(services)('has nothing to say about the rules of %s', (service) => {
    expect(pint(join(golden, service))).toMatchObject({ passed: true });
  });

  it.each([
    ['an alert that always fires', 'alerts', 'sum(up{job="orders"}) == 0', 'sum(up{job="orders"})', 'always fire'],
    ['an alert that never fires', 'alerts', 'sum(up{job="orders"}) == 0', 'vector(0) > 1', 'never return'],
    ['a label that was aggregated away', 'alerts', 'max by (check) (health_check_up', 'max(health_check_up', '`check`'],
    ['a page without a runbook', 'alerts', /runbook_url: .*service-down\.md/, 'runbook: ""', 'runbook_url'],
    ['a severity that nobody routes', 'alerts', 'severity: page', 'severity: critical', 'critical'],
    ['a duration that is none', 'alerts', 'for: 1m', 'for: 1minute', '1minute'],
    ['a query that does not parse', 'recording', /rate\(([^)]*)\[5m\]\)/, 'rate($1[5m] offset -)', 'syntax'],
  ])('finds %s', (_, file, healthy, broken, finding) => {
    onCopy('default', (folder) => {
      mutate(join(folder, RULES, `${file}.yaml`), healthy, broken);
      expect(pint(folder)).toEqual({ passed: false, output: expect.stringContaining(finding) });
    });
  });
});
