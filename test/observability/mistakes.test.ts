import { describe, expect, it } from 'vitest';
import { AlertSeverity, Duration, type Observability, type ObservabilityOptions, Receiver } from '../../src';
import { observed } from './support';

// `.projenrc.ts` runs without a type check, and `.projenrc.js` has no types: what does not compile is tried here all the same.
// biome-ignore lint/suspicious/noExplicitAny: mistakes have every type
type Untyped = any;

const objective = { description: 'Quick', target: 99 };
const alert = { summary: 'x', expression: 'up == 0', severity: AlertSeverity.TICKET, runbook: 'service-down' };
const panel = { row: 'r', dashboard: 'Overview', queries: { a: 'sum(up{job="orders"})' } };
const ofOrders = { help: 'Orders', labels: ['channel'] };

/** What is found wrong with a service of which something else is said. */
function findings(act: (observability: Untyped) => void, options: Untyped = {}): string[] {
  const { service, observability } = observed(options as ObservabilityOptions);
  act(observability as Untyped as Observability);
  return service
    .problems()
    .map(({ place, message, fix }) => `${place} ${message}${fix.trim() === '' ? ' WITHOUT A FIX' : ''}`);
}

describe('a mistake in what is stated is found, and nothing that only follows from it', () => {
  it.each<[what: string, act: (o: Untyped) => void, found: string | RegExp]>([
    [
      '100 %',
      (o) => o.addObjective('a', { ...objective, target: 100 }),
      'a target is a percentage above 0 and below 100',
    ],
    ['0 %', (o) => o.addObjective('a', { ...objective, target: 0 }), 'a target is a percentage'],
    ['NaN', (o) => o.addObjective('a', { ...objective, target: Number.NaN }), 'a target is a percentage'],
    ['a target as text', (o) => o.addObjective('a', { ...objective, target: '99.9' }), 'a target is a percentage'],
    ['an objective of nothing', (o) => o.addObjective('a'), "observability.addObjective('a') was given too little"],
    [
      'a window as text',
      (o) => o.addObjective('a', { ...objective, window: '30d' }),
      'has a window that is no Duration',
    ],
    [
      'a latency as number',
      (o) => o.addObjective('a', { ...objective, latency: 300 }),
      'has a latency that is no Duration',
    ],
    [
      'an objective in words',
      (o) => o.addObjective('Check Out', objective),
      'objective Check Out (stated by .projenrc.ts) is named by',
    ],
    ['a nameless objective', (o) => o.addObjective(undefined, objective), 'objective undefined'],
    [
      'a route without method',
      (o) => o.addObjective('a', { ...objective, route: '/orders' }),
      'a route is a method and a path',
    ],
    [
      'a route with a query',
      (o) => o.addObjective('a', { ...objective, route: 'GET /orders?x=1' }),
      'a route is a method and a path',
    ],
    ['a route as number', (o) => o.addObjective('a', { ...objective, route: 5 }), 'a route is a method and a path'],
    ['a reserved prefix', (o) => o.addCounter('__orders_total', ofOrders), 'a metric is named by lower-case words'],
    [
      'a counter without _total',
      (o) => o.addCounter('orders_placed', ofOrders),
      'counters end in _total, and nothing else does',
    ],
    ['a gauge with _total', (o) => o.addGauge('orders_total', ofOrders), 'counters end in _total'],
    ['a gauge with _count', (o) => o.addGauge('orders_count', { help: 'x' }), 'ends like a series of a histogram'],
    [
      'a histogram with _bucket',
      (o) => o.addHistogram('a_bucket', { help: 'x', buckets: [1] }),
      'ends like a series of a histogram',
    ],
    ['a metric of nothing', (o) => o.addCounter('a_total'), "observability.addCounter('a_total') was given too little"],
    ['labels as text', (o) => o.addCounter('a_total', { help: 'x', labels: 'channel' }), 'has labels that are no list'],
    [
      'a label of paths',
      (o) => o.addCounter('a_total', { help: 'x', labels: ['path'] }),
      'has a label whose values never end',
    ],
    [
      'a label of Prometheus',
      (o) => o.addCounter('a_total', { help: 'x', labels: ['job'] }),
      'has a label that Prometheus sets itself',
    ],
    ['no buckets', (o) => o.addHistogram('a_seconds', { help: 'x' }), 'has no list of buckets'],
    ['buckets as number', (o) => o.addHistogram('a_seconds', { help: 'x', buckets: 5 }), 'has no list of buckets'],
    [
      'a limit as text',
      (o) => o.addCounter('a_total', { ...ofOrders, labelSetLimit: '5' }),
      'an impossible number of label sets',
    ],
    ['a broken query', (o) => o.addPanel('p', { ...panel, queries: { a: 'sum(rate(' } }), 'does not parse as PromQL'],
    ['a query that is none', (o) => o.addPanel('p', { ...panel, queries: { a: undefined } }), 'draws nothing'],
    ['a pie', (o) => o.addPanel('p', { ...panel, kind: 'pie' }), 'is drawn in a way that is not known'],
    ['a panel of nothing', (o) => o.addPanel('p'), "observability.addPanel('p') was given too little"],
    ['no runbook', (o) => o.addAlert('A', { ...alert, runbook: undefined }), 'has no runbook'],
    [
      'a severity of somebody else',
      (o) => o.addAlert('A', { ...alert, severity: 'critical' }),
      'asks for something that nobody routes',
    ],
    ['no severity', (o) => o.addAlert('A', { ...alert, severity: undefined }), 'asks for something that nobody routes'],
    ['an expression as number', (o) => o.addAlert('A', { ...alert, expression: 5 }), 'has no expression'],
    ['a wait as number', (o) => o.addAlert('A', { ...alert, pending: 5 }), 'has a pending that is no Duration'],
    [
      'a label it has already',
      (o) => o.addAlert('A', { ...alert, labels: { severity: 'page' } }),
      'has a label that it gets by itself',
    ],
    [
      'a label with a dash',
      (o) => o.addAlert('A', { ...alert, labels: { 'my-team': 'x' } }),
      'has a label that Prometheus cannot take',
    ],
    [
      'a label as number',
      (o) => o.addAlert('A', { ...alert, labels: { team: 5 } }),
      'has a label team that is no text',
    ],
    [
      'a dashboard that is not there',
      (o) => o.addAlert('A', { ...alert, dashboard: 'Nope' }),
      'links to a dashboard that has no panel',
    ],
    [
      'series as text',
      (o) => o.addAlert('A', { ...alert, test: { series: 'up', firesAt: Duration.minutes(5) } }),
      'has a test without series',
    ],
    [
      'a test without an end',
      (o) => o.addAlert('A', { ...alert, test: { series: { up: '0x5' } } }),
      'does not say when it fires',
    ],
    [
      'minutes as number',
      (o) => o.addAlert('A', { ...alert, test: { series: { up: '0x5' }, firesAt: 5 } }),
      'test.firesAt that is no Duration',
    ],
    [
      'a rule of nothing',
      (o) => o.addRecordingRule('a:b:c'),
      "observability.addRecordingRule('a:b:c') was given too little",
    ],
    [
      'a receiver by name',
      (o) => o.notify(AlertSeverity.PAGE, 'pagerduty'),
      'observability.notify was given nothing that hears',
    ],
    ['nobody', (o) => o.sendHeartbeatTo(), 'observability.sendHeartbeatTo was given nothing that hears'],
    ['nobody else', (o) => o.escalateTo(), 'observability.escalateTo was given nothing that hears'],
    ['no channel', (o) => o.notify(AlertSeverity.PAGE, (Receiver as Untyped).slack()), 'does not begin with # or @'],
    [
      'no address',
      (o) => o.notify(AlertSeverity.PAGE, (Receiver as Untyped).email({ from: 'a@b.c', smarthost: 'x:25' })),
      'has an address, to or from',
    ],
    ['no URL', (o) => o.notify(AlertSeverity.PAGE, (Receiver as Untyped).webhook({})), 'has a URL that is none'],
    [
      'a key for a file',
      (o) => o.notify(AlertSeverity.PAGE, Receiver.pagerDuty({ routingKeyFile: '0123456789abcdef' })),
      'a credential itself never belongs here',
    ],
  ])('%s', (_, act, found) => {
    const all = findings(act);
    expect(all).toEqual([expect.stringMatching(found instanceof RegExp ? found : escaped(found))]);
    expect(all.join()).not.toMatch(/WITHOUT A FIX|0123456789abcdef/);
  });

  it('all of them at once', () => {
    const all = findings((o) => {
      o.addObjective('a', { ...objective, target: 100 });
      o.addCounter('orders-placed', ofOrders);
      o.addAlert('A', { ...alert, severity: 'critical' });
      o.notify(AlertSeverity.PAGE, 'pagerduty');
    });
    for (const place of ['objective a', 'metric orders-placed', 'alert A', 'observability.notify']) {
      expect(all).toContainEqual(expect.stringContaining(place));
    }
  });
});

describe('a mistake in an option is found', () => {
  it.each<[options: Untyped, found: string]>([
    [{ traceSampleRatio: -1 }, 'observability.traceSampleRatio is no share from 0 to 1'],
    [{ traceSampleRatio: Number.NaN }, 'observability.traceSampleRatio is no share'],
    [{ traceSampleRatio: '0.5' }, 'observability.traceSampleRatio is no number'],
    [{ accessLogSampleRatio: 2 }, 'observability.accessLogSampleRatio is no share'],
    [{ externalMetrics: 'kubernetes' }, 'observability.externalMetrics is no list'],
    [{ externalMetrics: ['kuberntes'] }, 'observability.externalMetrics.0 is no ExternalMetrics'],
    [{ errorTracking: 'sentry' }, 'observability.errorTracking is no ErrorTracking'],
    [{ retention: '30d' }, 'observability.retention is no object'],
    [{ retention: { metrics: 30 } }, 'observability.retention.metrics is no Duration'],
    [{ retention: { logs: Duration.days(0) } }, 'observability.retention.logs is no whole number of days'],
    [{ retention: { metric: Duration.days(1) } }, 'observability.retention.metric is no option'],
    [{ collector: 'tempo' }, 'observability.collector is no object'],
    [{ collector: { traces: 'tempo' } }, 'observability.collector.traces is no list'],
    [{ collector: { logs: ['loki'] } }, 'observability.collector.logs.0 is no TelemetryBackend'],
    [{ collector: { tailSampling: true } }, 'observability.collector.tailSampling is no object'],
    [{ collector: { tailSampling: { slowerThan: 5 } } }, 'tailSampling.slowerThan is no Duration'],
    [{ collector: { tailSampling: { tracesInMemory: 0 } } }, 'tailSampling.tracesInMemory is no number'],
    [{ collector: { endpoints: 'http://otel:4318' } }, 'observability.collector.endpoints is no object'],
    [{ collector: { endpoints: { prod: 4318 } } }, 'observability.collector.endpoints.prod is no text'],
    [{ collector: { peer: 'monitoring' } }, 'observability.collector.peer is no NetworkPeer'],
    [{ tracesSampleRatio: 0.5 }, 'observability.tracesSampleRatio is no option'],
    [{ retention: null }, 'observability.retention is no object'],
    [{ enabled: 'yes' }, 'observability.enabled is neither true nor false'],
    [null, 'observability is no object'],
    ['off', 'observability is no object'],
  ])('%j', (options, found) => {
    expect(findings(() => undefined, options)).toEqual([expect.stringContaining(found)]);
  });

  it('without showing what may be a credential', () => {
    const { service } = observed({
      errorTracking: 'https://c4n4ry@sentry.example.com/1',
      collector: { traces: [{ headers: { authorization: 'c4n4ry' } }], logs: 'https://c4n4ry@logs.example.com' },
    } as Untyped);
    const problems = service.problems();
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain('c4n4ry');
  });

  it('with the name that was meant', () => {
    const { service } = observed({ tracesSampleRatio: 0.5 } as Untyped);
    expect(service.problems()[0]?.fix).toContain('did you mean traceSampleRatio?');
  });
});

function escaped(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
