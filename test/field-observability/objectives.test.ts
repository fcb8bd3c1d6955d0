import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NodeServiceProject } from '../../src';
import { Duration } from '../../src/service';
import { inFolder, synthInto } from '../support/synth';
import { run } from './tools';

it('the alerts of objectives of every kind fire and resolve', () => {
  inFolder((folder) => {
    synthInto(folder, (outdir) => {
      const service = new NodeServiceProject({ name: 'orders', outdir });
      const objectives = { low: 90, high: 99.99, 'four-weeks': 99.5, 'one-week': 99 };
      for (const [name, target] of Object.entries(objectives)) {
        const window = Duration.days(name === 'one-week' ? 7 : name === 'four-weeks' ? 28 : 30);
        service.observability!.addObjective(name, { target, window, description: 'Requests work' });
      }
      service.observability!.addObjective('checkout', {
        route: 'POST /orders/:id',
        latency: Duration.seconds(1),
        target: 99.5,
        description: 'Placing an order is quick',
      });
      return service;
    });
    const test = 'observability/prometheus/tests/objectives.test.yaml';
    expect(run(folder, 'promtool', 'test', 'rules', test)).toMatchObject({ passed: true });
  });
});

it('what strangers ask for in vain is no sign that the service works', () => {
  inFolder((folder) => {
    synthInto(folder, (outdir) => new NodeServiceProject({ name: 'orders', outdir }));
    const path = 'observability/prometheus/tests/objectives.test.yaml';
    const count = (route: string, status: number) =>
      `http_server_request_duration_seconds_count{job="orders", method="GET", route="${route}", status="${status}"}`;
    const test = {
      interval: '1m',
      // A scanner asks a thousand times as often as anybody whose request fails.
      input_series: [
        { series: count('/orders', 200), values: '0+8x120' },
        { series: count('/orders', 500), values: '0+2x120' },
        { series: count('unmatched', 404), values: '0+2000x120' },
      ],
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing", alertname=~"HttpError.*|AvailabilityBudgetBurnsFast"})',
          eval_time: '2h',
          exp_samples: ['AvailabilityBudgetBurnsFast', 'HttpErrorRatioHigh'].map((name) => ({
            labels: `{alertname="${name}"}`,
            value: 1,
          })),
        },
      ],
    };
    const rule_files = ['../rules/recording.yaml', '../rules/alerts.yaml'];
    chmodSync(join(folder, path), 0o644);
    writeFileSync(join(folder, path), JSON.stringify({ rule_files, tests: [test] }));
    expect(run(folder, 'promtool', 'test', 'rules', path)).toMatchObject({ passed: true });
  });
});
