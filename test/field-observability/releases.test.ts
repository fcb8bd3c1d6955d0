import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inFolder } from '../support/synth';
import { golden, run } from './tools';

const overview = JSON.parse(
  readFileSync(join(golden, 'default', 'observability/grafana/dashboards/overview.json'), 'utf8'),
) as { annotations: { list: [{ expr: string; useValueForTime?: boolean }] } };
const [mark] = overview.annotations.list;

it('dashboards mark releases and rollbacks, and no other start of a process', () => {
  expect(mark.useValueForTime).toBe(undefined);
  const build = (pod: number, version: string) =>
    `build_info{job="orders", instance="10.0.0.${pod}:9464", service="orders", version="${version}", environment="prod"}`;
  /** What is marked at a minute: the processes of the version that is new. */
  const at = (minute: number, marked: Record<string, number>) => ({
    expr: mark.expr,
    eval_time: `${minute}m`,
    exp_samples: Object.entries(marked).map(([version, value]) => ({ labels: `{version="${version}"}`, value })),
  });
  const test = {
    interval: '1m',
    input_series: [
      // Restarts at 30; replaced at 60; rolled back to at 80.
      { series: build(1, '1.0.0'), values: '1x29 stale _x1 1x29 stale' },
      // Scaled up at 20.
      { series: build(2, '1.0.0'), values: '_x20 1x40 stale' },
      { series: build(3, '1.1.0'), values: '_x60 1x21 stale' },
      { series: build(4, '1.0.0'), values: '_x80 1x40' },
    ],
    promql_expr_test: [
      at(20, {}),
      at(23, {}),
      at(32, {}),
      at(36, {}),
      at(41, {}),
      at(60, { '1.1.0': 1 }),
      at(64, { '1.1.0': 1 }),
      at(66, {}),
      at(80, { '1.0.0': 1 }),
      at(84, { '1.0.0': 1 }),
      at(86, {}),
      at(110, {}),
    ],
  };
  inFolder((folder) => {
    writeFileSync(join(folder, 'releases.yaml'), JSON.stringify({ rule_files: [], tests: [test] }));
    expect(run(folder, 'promtool', 'test', 'rules', 'releases.yaml')).toMatchObject({ passed: true });
  });
});
