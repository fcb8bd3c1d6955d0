import { HTTP_CLIENT_DURATION, HTTP_DURATION, HTTP_IN_FLIGHT, SERVED } from '../http-metrics';
import type { AlertSpec } from './alert-spec';
import { counter } from './samples';
import { minutes, type Subject, ticket } from './subject';

/** What callers notice. */
export function httpAlerts(subject: Subject): AlertSpec[] {
  return [
    ...(subject.answers && subject.measures(HTTP_IN_FLIGHT) ? [errorRatio(subject), latency(subject)] : []),
    ...(subject.measures(HTTP_CLIENT_DURATION) ? [outgoing(subject)] : []),
  ];
}

function errorRatio(subject: Subject): AlertSpec {
  const all = subject.own(`${HTTP_DURATION}_count`, SERVED);
  const failed = subject.own(`${HTTP_DURATION}_count`, SERVED, 'status=~"5.."');
  const route = (status: string) =>
    subject.own(`${HTTP_DURATION}_count`, 'method="GET"', 'route="/orders"', `status="${status}"`);
  return {
    name: 'HttpErrorRatioHigh',
    ...ticket(minutes(5)),
    summary: `${subject.name}: more than 1 % of requests fail`,
    description:
      'More than 1 % of requests have been answered with a server error for five minutes; their callers saw it.',
    expression: `sum(rate(${failed}[5m])) / sum(rate(${all}[5m])) > 0.01`,
    runbook: {
      name: 'http-errors',
      title: 'Requests fail',
      meaning: 'More than 1 % of requests are answered with a server error (5xx).',
      impact: 'Callers see failures. If they go on, the objective of availability breaks and somebody is paged.',
      diagnosis: [
        {
          question: 'Which routes fail, and how?',
          query: `topk(10, sum by (method, route, status) (rate(${failed}[5m])) > 0)`,
        },
        { question: 'Is it one process, or all of them?', query: `sum by (instance) (rate(${failed}[5m]))` },
        {
          question:
            'What does the log say? Look for `level` error of the same route: it has the cause chain and the trace id.',
        },
      ],
      mitigation: [
        'If it began with a release, roll it back.',
        'If one process is it, restart that one.',
        'If a backing service is it, follow its runbook.',
      ],
    },
    scenario: {
      series: {
        [route('200')]: counter([100, 30], [100, 30], [100, 30]),
        [route('500')]: counter([0, 30], [10, 30], [0, 30]),
      },
      quietAt: 30,
      firesAt: 50,
      resolvedAt: 75,
    },
  };
}

function latency(subject: Subject): AlertSpec {
  const buckets = subject.own(`${HTTP_DURATION}_bucket`, SERVED);
  const route = (le: string) =>
    subject.own(`${HTTP_DURATION}_bucket`, 'method="GET"', 'route="/orders"', 'status="200"', `le="${le}"`);
  return {
    name: 'HttpLatencyHigh',
    ...ticket(minutes(5)),
    summary: `${subject.name}: one request in twenty takes longer than 2 s`,
    description: 'The 95th percentile of the duration of requests has been above 2 s for five minutes.',
    expression: `histogram_quantile(0.95, sum by (le) (rate(${buckets}[5m]))) > 2`,
    runbook: {
      name: 'http-latency',
      title: 'Requests are slow',
      meaning: 'One request in twenty takes longer than 2 s.',
      impact: 'Users wait, callers time out and try again, which makes it worse.',
      diagnosis: [
        {
          question: 'Which routes are slow?',
          query: `topk(10, histogram_quantile(0.95, sum by (le, method, route) (rate(${buckets}[5m]))) > 0)`,
        },
        { question: 'Do requests pile up?', query: `sum by (instance) (${subject.own(HTTP_IN_FLIGHT)})` },
        {
          question:
            'What does a slow request wait for? Open one of its traces: the exemplars of the panel of latency lead there.',
        },
      ],
      mitigation: [
        'If requests pile up in all processes, add processes or shed load: lower the rate limit.',
        'If they wait for the database, follow its runbook.',
        'If it began with a release, roll it back.',
      ],
    },
    scenario: {
      series: {
        [route('1')]: counter([100, 30], [0, 30], [100, 30]),
        [route('5')]: counter([100, 30], [100, 30], [100, 30]),
        [route('+Inf')]: counter([100, 30], [100, 30], [100, 30]),
      },
      quietAt: 30,
      firesAt: 50,
      resolvedAt: 75,
    },
  };
}

function outgoing(subject: Subject): AlertSpec {
  const requests = (...more: string[]) => subject.own(`${HTTP_CLIENT_DURATION}_count`, ...more);
  const failures = 'status=~"5..|error"';
  const to = (status: string) => requests('host="billing.internal"', 'method="GET"', `status="${status}"`);
  return {
    name: 'OutgoingRequestsFail',
    ...ticket(minutes(5)),
    summary: `${subject.name}: requests to {{ $labels.host }} fail`,
    description: 'More than 10 % of the requests to {{ $labels.host }} have failed for five minutes.',
    expression: [
      `sum by (host) (rate(${requests(failures)}[5m]))`,
      `/ sum by (host) (rate(${requests()}[5m])) > 0.1`,
    ].join('\n'),
    runbook: {
      name: 'outgoing-requests',
      title: 'Requests to another service fail',
      meaning: 'More than 10 % of the requests to another host fail: it answers with a server error, or not at all.',
      impact: 'Whatever needs that host fails or is slow; the rest goes on.',
      diagnosis: [
        { question: 'How do they fail?', query: `sum by (host, status) (rate(${requests(failures)}[5m]))` },
        {
          question: 'Do they fail from all processes?',
          query: `sum by (instance, host) (rate(${requests(failures)}[5m]))`,
        },
        { question: 'Does the other service know? Look at its status page or its dashboard.' },
      ],
      mitigation: [
        'If the other service is down, tell its owner, and switch off what needs it if there is a way.',
        'If only this service fails to reach it, look at network policies, DNS and its credentials.',
      ],
    },
    scenario: {
      series: {
        [to('200')]: counter([60, 30], [30, 30], [60, 30]),
        [to('503')]: counter([0, 30], [30, 30], [0, 30]),
      },
      quietAt: 30,
      firesAt: 50,
      resolvedAt: 75,
      labels: { host: 'billing.internal' },
    },
  };
}
