import { describe, expect, it } from 'vitest';
import { AlertSeverity, Duration, Guide, GuideKind, Metric, Panel } from '../../src/service';
import { observed } from './support';

/** The problems of one panel that draws this query. */
function found(query: string, legend = 'legend'): string[] {
  const { service, observability } = observed();
  observability.addCounter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] });
  observability.addGauge('queue_length', { help: 'Mails that wait', labels: ['queue'] });
  service.state(new Panel('Panel', { row: 'Row', queries: { [legend]: query } }));
  return service.problems().map(({ message, value, fix }) => `${message} (${value}) => ${fix}`);
}

describe('a query is refused that', () => {
  it.each([
    ['does not parse', 'sum(rate(orders_placed_total[5m])', 'does not parse as PromQL'],
    ['names a function nobody knows', 'rat(orders_placed_total[5m])', 'does not parse as PromQL'],
    [
      'names a metric nobody declares',
      'rate(order_placed_total[5m])',
      'names a metric that nobody declares (order_placed_total) => did you mean orders_placed_total?',
    ],
    ['names no metric', '{job="orders"}', 'selects series without naming a metric'],
    [
      'selects by a label nobody declares',
      'rate(orders_placed_total{chanel="web"}[5m])',
      'selects orders_placed_total by a label that is not there (chanel) => did you mean channel?',
    ],
    [
      'aggregates over a label nobody declares',
      'sum by (country) (rate(orders_placed_total[5m]))',
      'aggregates over a label that is not there (country)',
    ],
    [
      'aggregates over a label that is aggregated away',
      'sum by (channel) (sum by (job) (rate(orders_placed_total[5m])))',
      'aggregates over a label that is not there (channel)',
    ],
    ['takes the rate of a gauge', 'rate(queue_length[5m])', 'applies rate() to a gauge'],
    ['takes the change of a counter', 'delta(orders_placed_total[5m])', 'applies delta() to a counter'],
    ['takes the rate of a sum', 'rate(sum(orders_placed_total)[5m:])', 'applies rate() to a sum'],
    ['takes the rate of a moment', 'rate(orders_placed_total)', 'applies rate() to a moment'],
    ['draws a stretch of time', 'orders_placed_total[5m]', 'evaluates to a stretch of time'],
    [
      'uses a histogram without its suffix',
      'rate(http_server_request_duration_seconds[5m])',
      'use one of http_server_request_duration_seconds_bucket, http_server_request_duration_seconds_count, http_server_request_duration_seconds_sum',
    ],
    [
      'takes a quantile without buckets',
      'histogram_quantile(0.9, sum(rate(http_server_request_duration_seconds_bucket[5m])))',
      'takes a quantile of what has no buckets',
    ],
    [
      'selects a bucket that is not there',
      'rate(http_server_request_duration_seconds_bucket{le="0.2"}[5m])',
      'selects a bucket that http_server_request_duration_seconds_bucket does not have (0.2) => use one of its bounds: 0.005, 0.05, 0.1',
    ],
    [
      'matches series that never match',
      'sum by (channel) (rate(orders_placed_total[5m])) / sum(rate(orders_placed_total[5m]))',
      'both sides of / must have the same labels, but only one has channel',
    ],
    [
      'matches on a label that one side lacks',
      'sum by (channel) (rate(orders_placed_total[5m])) / on (channel) sum(rate(orders_placed_total[5m]))',
      'matches / on a label that is not there (channel)',
    ],
    [
      'misspells what another program emits',
      'kube_pod_container_status_restart_total',
      'did you mean kube_pod_container_status_restarts_total?',
    ],
  ])('%s', (_, query, expected) => {
    expect(found(query).join('\n')).toContain(expected);
  });

  it('has a legend of a label that is aggregated away', () => {
    expect(found('sum(rate(orders_placed_total[5m]))', '{{channel}}')).toEqual([
      expect.stringContaining('has a legend that names a label its query does not keep (channel)'),
    ]);
  });
});

describe('a query is taken that', () => {
  it.each([
    ['leaves the range to the dashboard', 'sum by (channel) (rate(orders_placed_total[$__rate_interval]))'],
    [
      'compares shares',
      'sum by (channel) (rate(orders_placed_total[5m])) / ignoring (channel) group_left sum(rate(orders_placed_total[5m]))',
    ],
    [
      'takes a quantile',
      'histogram_quantile(0.9, sum by (le, route) (rate(http_server_request_duration_seconds_bucket[5m])))',
    ],
    ['renames a label', 'sum by (kind) (label_replace(queue_length, "kind", "$1", "queue", "(.*)"))'],
    ['looks back at a gauge', 'max_over_time(queue_length[1h]) > 2 * avg_over_time(queue_length[1d] offset 1h)'],
    ['asks for absence', 'absent(up{job="orders"}) == 1'],
    ['counts what is above', 'count(queue_length > 5) or vector(0)'],
    ['reads a computed range', 'max_over_time(sum by (queue) (queue_length)[1h:5m])'],
    ['reads labels of the target', 'topk(3, sum by (instance, pod) (queue_length))'],
    ['reads what is recorded', 'slo:sli_error:ratio_rate5m{objective="availability"}'],
  ])('%s', (_, query) => {
    expect(found(query)).toEqual([]);
  });
});

it('reports everything at once, naming the panel, the rule and the alert', () => {
  const { service, observability } = observed();
  service.state(
    new Guide('stuck', { kind: GuideKind.RUNBOOK, title: 'Stuck', summary: 'Stuck', text: { render: () => 'Look.' } }),
  );
  observability.addPanel('Orders', { row: 'Business', queries: { orders: 'rate(orders_total[5m])' } });
  observability.addRecordingRule('orders:orders:rate5m', { group: 'business', expression: 'rate(orders_total[5m])' });
  observability.addAlert('Stuck', {
    summary: 'Nothing moves on {{ $labels.queue }}',
    expression: 'queue_length > 5',
    severity: AlertSeverity.TICKET,
    runbook: 'stuck',
  });
  expect(service.problems().map(({ place, message }) => `${place}: ${message}`)).toEqual([
    'alert Stuck (stated by .projenrc.ts): names a metric that nobody declares',
    'panel Orders (stated by .projenrc.ts), query "orders": names a metric that nobody declares',
    'recording rule orders:orders:rate5m (stated by .projenrc.ts): names a metric that nobody declares',
  ]);
});

describe('an alert is refused that', () => {
  const problemsOf = (props: { pending?: Duration; summary?: string; runbook?: string; severity?: AlertSeverity }) => {
    const { service, observability } = observed();
    observability.addGauge('queue_length', { help: 'Mails that wait', labels: ['queue'] });
    const text = { render: () => 'Look.' };
    service.state(new Guide('stuck', { kind: GuideKind.RUNBOOK, title: 'Stuck', summary: 'Stuck', text }));
    observability.addAlert('Stuck', {
      summary: 'The queue is stuck',
      expression: 'max by (queue) (queue_length) > 5',
      severity: AlertSeverity.TICKET,
      runbook: 'stuck',
      ...props,
    });
    return service.problems().map(({ message, value, fix }) => `${message} (${value}) => ${fix}`);
  };

  it('names a label that the expression does not keep', () => {
    expect(problemsOf({ summary: '{{ $labels.pod }} is stuck' })).toEqual([
      'names a label in its summary that the expression does not keep (pod) => keep it in the expression, or use one of those that are kept: queue',
    ]);
    expect(problemsOf({ summary: '{{ $labels.queue }} is stuck' })).toEqual([]);
  });

  it('pages too late', () => {
    expect(problemsOf({ severity: AlertSeverity.PAGE, pending: Duration.minutes(5) })).toEqual([
      'pages 345 s after the failure (scrape, evaluation and group wait take 45 s of them); a page comes within 300 s (5m) => shorten pending to 255 s or less, or make it a ticket',
    ]);
    expect(problemsOf({ severity: AlertSeverity.PAGE, pending: Duration.minutes(4) })).toEqual([]);
  });

  it('has no runbook', () => {
    expect(problemsOf({ runbook: 'none' })).toEqual([expect.stringContaining('names a runbook that nobody states')]);
  });
});

describe('recording rules', () => {
  it('may read each other, and pass their labels on', () => {
    const { service, observability } = observed();
    observability.addCounter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] });
    observability.addRecordingRule('a:orders:share', { group: 'g', expression: 'b:orders:rate5m / 2' });
    observability.addRecordingRule('b:orders:rate5m', {
      group: 'g',
      expression: 'sum by (channel) (rate(orders_placed_total[5m]))',
    });
    observability.addPanel('Orders', { row: 'r', queries: { '{{channel}}': 'sum by (channel) (a:orders:share)' } });
    expect(service.problems()).toEqual([]);
  });

  it('may not read themselves', () => {
    const { service, observability } = observed();
    observability.addRecordingRule('a:orders:share', { group: 'g', expression: 'b:orders:rate5m / 2' });
    observability.addRecordingRule('b:orders:rate5m', { group: 'g', expression: 'a:orders:share * 2' });
    expect(service.problems().map(({ message }) => message)).toContain(
      'reads what it records, directly or through other rules',
    );
  });
});

describe('a label', () => {
  it.each(['path', 'user_id', 'email', 'client_ip', 'order_id', 'timestamp', 'error_message'])(
    'whose values never end is refused: %s',
    (label) => {
      const { service } = observed();
      service.state(Metric.counter('orders_placed_total', { help: 'Orders accepted', labels: [label] }));
      expect(service.problems()).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('has a label whose values never end'),
          value: label,
        }),
      ]);
    },
  );
});
