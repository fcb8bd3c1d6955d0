import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DASHBOARD_LINTER, type Dashboard } from './dashboard-linter';

const GOLDEN = join(__dirname, '..', 'golden');
const DASHBOARDS = 'observability/grafana/dashboards';

const dashboards = readdirSync(GOLDEN)
  .filter((service) => existsSync(join(GOLDEN, service, DASHBOARDS)))
  .flatMap((service) => {
    const folder = join(GOLDEN, service, DASHBOARDS);
    return readdirSync(folder).map((file) => [service, join(folder, file)] as const);
  });

const read = (path: string): Dashboard => JSON.parse(readFileSync(path, 'utf8'));
const nameIn = (folder: string): string => JSON.parse(readFileSync(join(GOLDEN, folder, 'package.json'), 'utf8')).name;

const kept = Object.entries(DASHBOARD_LINTER).flatMap(([rule, each]) =>
  'check' in each ? [[rule, each.check] as const] : [],
);

describe.each(kept)('%s', (rule, check) => {
  it('holds on every dashboard of every golden service', () => {
    const findings = dashboards.flatMap(([folder, path]) => check(read(path), nameIn(folder)));
    expect(findings).toEqual([]);
  });

  it('finds a dashboard that breaks it', () => {
    const dashboard = structuredClone(read(join(GOLDEN, 'default', DASHBOARDS, 'overview.json')));
    MUTATIONS[rule]!(dashboard);
    expect(check(dashboard, 'orders')).not.toEqual([]);
  });
});

it('each rule that is not kept has its reason, and each that is kept a way to break it', () => {
  expect(Object.keys(MUTATIONS).sort()).toEqual(kept.map(([rule]) => rule).sort());
  for (const [rule, each] of Object.entries(DASHBOARD_LINTER)) {
    expect('not' in each ? each.not.length : 99, rule).toBeGreaterThan(20);
  }
  expect(Object.keys(DASHBOARD_LINTER)).toHaveLength(17);
});

// biome-ignore lint/suspicious/noExplicitAny: a dashboard is broken in ways that its type does not allow.
type Broken = any;

const MUTATIONS: Record<string, (dashboard: Broken) => void> = {
  'template-datasource-rule': ({ templating }) => templating.list.splice(0),
  'template-label-promql-rule': ({ templating }) =>
    templating.list.push({ name: 'route', type: 'query', query: 'label_values(up{job=, route)', refresh: 2 }),
  'template-on-time-change-reload-rule': ({ templating }) =>
    templating.list.push({ name: 'route', type: 'query', query: 'label_values(up, route)', refresh: 1 }),
  'panel-datasource-rule': (dashboard) => {
    panelOf(dashboard).targets[0].datasource.uid = 'my-prometheus';
  },
  'panel-title-description-rule': (dashboard) => {
    delete panelOf(dashboard).description;
  },
  'panel-units-rule': (dashboard) => {
    panelOf(dashboard).fieldConfig.defaults.unit = 'seconds';
  },
  'panel-no-targets-rule': (dashboard) => panelOf(dashboard).targets.splice(0),
  'target-logql-rule': (dashboard) => {
    panelOf(dashboard).targets[0].datasource.type = 'loki';
  },
  'target-promql-rule': (dashboard) => {
    panelOf(dashboard).targets[0].expr += ' and';
  },
  'target-rate-interval-rule': (dashboard) => {
    panelOf(dashboard).targets[0].expr = 'rate(process_cpu_seconds_total{job="orders"}[5m])';
  },
  'target-job-rule': (dashboard) => {
    panelOf(dashboard).targets[0].expr = 'process_resident_memory_bytes{instance="a"}';
  },
  'target-counter-agg-rule': (dashboard) => {
    panelOf(dashboard).targets[0].expr = 'sum(process_cpu_seconds_total{job="orders"})';
  },
  'uneditable-dashboard': (dashboard) => {
    dashboard.editable = true;
  },
};

const panelOf = ({ panels }: Broken) => panels.find(({ type }: Broken) => type !== 'row');
