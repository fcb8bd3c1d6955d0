import { describe, expect, it } from 'vitest';
import { burnRates } from '../../src/observability/objectives/burn-rates';
import { Duration, type Objective } from '../../src/service';
import { BOUNDS, observed } from './support';

describe('a service that answers requests', () => {
  it('promises availability and latency', () => {
    const { service } = observed();
    expect(service.objectives.map(({ name, target }) => [name, target])).toEqual([
      ['availability', 99.9],
      ['latency', 99],
    ]);
    expect(service.problems()).toEqual([]);
  });

  it('may promise something else under these names', () => {
    const { service, observability } = observed();
    observability.addObjective('availability', { target: 99.5, description: 'Nearly always there' });
    expect(service.objectives.find(({ name }) => name === 'availability')).toMatchObject({ target: 99.5 });
    expect(service.alerts.find(({ name }) => name === 'AvailabilityBudgetBurnsFast')?.expression).toContain(
      '> 14.4 * 0.005',
    );
  });
});

describe('an objective', () => {
  const problemsOf = (props: Partial<ConstructorParameters<typeof Objective>[1]>) => {
    const { service, observability } = observed();
    observability.addObjective('checkout', { target: 99.5, description: 'Placing an order works', ...props });
    return service.problems().map(({ message, fix }) => `${message} => ${fix}`);
  };

  it('counts the requests of its route', () => {
    const { service, observability } = observed();
    observability.addObjective('checkout', {
      route: 'POST /orders/:id',
      latency: Duration.millis(300),
      target: 99.5,
      description: 'Placing an order is quick',
    });
    expect(
      service.recordingRules.find(({ name }) => name.startsWith('slo:sli_bad:rate5m{objective="checkout"'))?.expression,
    ).toBe(
      '(sum(rate(http_server_request_duration_seconds_count{job="orders", method="POST", route="/orders/:id", status!~"5.."}[5m]))' +
        ' - sum(rate(http_server_request_duration_seconds_bucket{job="orders", method="POST", route="/orders/:id", status!~"5..", le="0.3"}[5m])))',
    );
    expect(service.problems()).toEqual([]);
  });

  it('needs a bucket that ends at its latency', () => {
    expect(problemsOf({ latency: Duration.millis(301) })).toEqual([
      `has a latency that is no bound of a bucket of http_server_request_duration_seconds, so requests faster than it cannot be counted => use one of the bounds, in seconds: ${BOUNDS.join(', ')}`,
    ]);
  });

  it.each([
    ['of 100 %', { target: 100 }, 'a target is a percentage above 0 and below 100'],
    ['over a day', { window: Duration.days(1) }, 'has a window too short to spend a budget in'],
    ['that nothing could ever break', { target: 80 }, 'has a target so low that its budget cannot burn fast enough'],
  ])('is refused %s', (_, props, message) => {
    expect(problemsOf(props).join('\n')).toContain(message);
  });
});

describe('burn rates', () => {
  it('are those of the SRE workbook over 30 days', () => {
    expect(burnRates(Duration.days(30), 0.001)).toEqual({
      page: [
        { long: '1h', short: '5m', factor: 14.4 },
        { long: '6h', short: '30m', factor: 6 },
      ],
      ticket: [
        { long: '1d', short: '2h', factor: 3 },
        { long: '3d', short: '6h', factor: 1 },
      ],
    });
  });

  it('spend the same share of the budget over other windows', () => {
    expect(burnRates(Duration.days(28), 0.001).page).toEqual([
      { long: '1h', short: '5m', factor: 13.44 },
      { long: '6h', short: '30m', factor: 5.6 },
    ]);
  });

  it('leave out what spends less than the budget, and what more than all requests would have to break', () => {
    expect(burnRates(Duration.days(7), 0.001)).toMatchObject({ page: [{ factor: 3.36 }, { factor: 1.4 }], ticket: [] });
    expect(burnRates(Duration.days(30), 0.1).page).toEqual([{ long: '6h', short: '30m', factor: 6 }]);
  });
});
