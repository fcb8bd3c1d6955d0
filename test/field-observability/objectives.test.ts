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
