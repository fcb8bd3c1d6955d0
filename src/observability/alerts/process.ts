import { Metric } from '../../service';
import { HTTP_IN_FLIGHT } from '../http-metrics';
import type { AlertSpec, Runbook } from './alert-spec';
import { gauge, missing } from './samples';
import { minutes, page, type Subject, ticket } from './subject';

/** Whether the processes are there, and well. */
export function processAlerts(subject: Subject): AlertSpec[] {
  return [
    serviceDown(subject),
    serviceAbsent(subject),
    instanceDown(subject),
    scrapeNearLimit(subject),
    ...(subject.measures('process_start_time_seconds') ? [restarts(subject)] : []),
    ...(subject.measures('nodejs_eventloop_lag_p99_seconds') ? [eventLoop(subject)] : []),
  ];
}

const instance = (subject: Subject, series: string) => subject.own(series, 'instance="10.0.0.1:9464"');

function down({ name }: Subject, up: string): Runbook {
  return {
    name: 'service-down',
    title: `${name} does not answer`,
    meaning: 'Prometheus reaches none of the processes, or does not even find them.',
    impact: 'Most likely nobody is served. If only the scraping is broken, nobody would notice the next outage.',
    diagnosis: [
      { question: 'Which processes can be scraped?', query: up },
      { question: 'Does the service answer its callers? Ask `/health` from outside.' },
      {
        question:
          'Do the processes run, and what did they last log? Exit code 78 means that the configuration is wrong; the log lists each problem.',
      },
    ],
    mitigation: [
      'If it began with a release, roll it back.',
      'If processes end at once, read their last lines: a wrong configuration and a missing migration say so there.',
      'If they run and answer, only the scraping is broken: compare the labels and the management port with what Prometheus looks for.',
    ],
  };
}

function serviceDown(subject: Subject): AlertSpec {
  const up = subject.own('up');
  return {
    name: 'ServiceDown',
    ...page(minutes(1)),
    summary: `${subject.name}: no process answers`,
    description: 'Every process that Prometheus knows of has failed to answer for a minute.',
    expression: `sum(${up}) == 0`,
    runbook: down(subject, up),
    scenario: {
      series: { [instance(subject, 'up')]: gauge([1, 10], [0, 10], [1, 10]) },
      quietAt: 9,
      firesAt: 15,
      resolvedAt: 25,
    },
  };
}

/** Of a service that answers requests, those that do so: a worker that lives on does not help who asks. */
function serviceAbsent(subject: Subject): AlertSpec {
  const answers = subject.answers && subject.measures(HTTP_IN_FLIGHT);
  const series = subject.own(answers ? HTTP_IN_FLIGHT : 'up');
  const what = answers ? 'no process that answers requests' : 'no process';
  return {
    name: 'ServiceAbsent',
    ...page(minutes(3)),
    summary: `${subject.name}: Prometheus finds ${what}`,
    description: `For three minutes, ${what} of this service has been measured: none runs, or none is found. Nothing else can alert meanwhile.`,
    expression: `absent(${series}) == 1`,
    runbook: down(subject, subject.own('up')),
    scenario: {
      series: {
        [instance(subject, answers ? HTTP_IN_FLIGHT : 'up')]: `${gauge([1, 10])} ${missing(20)} ${gauge([1, 10])}`,
        ...(answers ? { [subject.own('up', 'instance="10.0.0.9:9465"')]: gauge([1, 50]) } : {}),
      },
      quietAt: 9,
      firesAt: 20,
      resolvedAt: 35,
      labels: { job: subject.name },
      firesWithoutData: true,
    },
  };
}

function instanceDown(subject: Subject): AlertSpec {
  const up = subject.own('up');
  return {
    name: 'InstanceDown',
    ...ticket(minutes(10)),
    summary: `${subject.name}: {{ $labels.instance }} does not answer`,
    description: 'One process has failed to answer Prometheus for ten minutes, while others do.',
    expression: `${up} == 0`,
    runbook: down(subject, up),
    scenario: {
      series: {
        [instance(subject, 'up')]: gauge([1, 10], [0, 20], [1, 10]),
        [subject.own('up', 'instance="10.0.0.2:9464"')]: gauge([1, 40]),
      },
      quietAt: 9,
      firesAt: 25,
      resolvedAt: 35,
      labels: { instance: '10.0.0.1:9464', job: subject.name },
    },
  };
}

function scrapeNearLimit(subject: Subject): AlertSpec {
  const samples = subject.own('scrape_samples_post_metric_relabeling');
  return {
    name: 'ScrapeNearLimit',
    ...ticket(minutes(10)),
    dashboard: 'Telemetry',
    summary: `${subject.name}: {{ $labels.instance }} has nearly more series than Prometheus takes`,
    description: `For ten minutes, one process has had more than 80 % of the ${Metric._SAMPLE_LIMIT} samples of a scrape. Of a scrape beyond them nothing is taken, and the service seems to be down.`,
    expression: `${samples} > 0.8 * ${Metric._SAMPLE_LIMIT}`,
    runbook: {
      name: 'scrape-near-limit',
      title: 'A process has nearly more series than Prometheus takes',
      meaning: `What a process is measured by nears \`sampleLimit\`, the ${Metric._SAMPLE_LIMIT} samples that Prometheus takes from one of them at a time.`,
      impact: `None yet. Beyond the limit \`up\` is 0: \`ServiceDown\` pages for a service that is well, and there is no measurement of it.`,
      diagnosis: [
        { question: 'How many are there, and since when?', query: samples },
        {
          question: `Which metrics have most of them? Ask Prometheus for \`topk(10, count by (__name__) ({job="${subject.name}"}))\`.`,
        },
      ],
      mitigation: [
        'Give the labels of that metric fewer values in `.projenrc.ts`, or lower its `labelSetLimit`; a histogram has a series for each bucket.',
        'If it began with a release, roll it back.',
        "Meanwhile a higher `sampleLimit` in the `PodMonitor` lets Prometheus take it, if its memory does: `service.tryFindObjectFile('k8s/base/pod-monitor-<process>.yaml')?.addOverride('spec.sampleLimit', 100_000)`.",
      ],
    },
    scenario: {
      series: {
        [instance(subject, 'scrape_samples_post_metric_relabeling')]: gauge([900, 20], [45_000, 20], [900, 20]),
      },
      quietAt: 19,
      firesAt: 35,
      resolvedAt: 50,
      labels: { instance: '10.0.0.1:9464', job: subject.name },
    },
  };
}

function restarts(subject: Subject): AlertSpec {
  const started = subject.own('process_start_time_seconds');
  return {
    name: 'ProcessRestarts',
    ...ticket(minutes(0)),
    summary: `${subject.name}: {{ $labels.instance }} restarts again and again`,
    description: 'A process has started more than twice within 15 minutes.',
    expression: `changes(${started}[15m]) > 2`,
    runbook: {
      name: 'process-restarts',
      title: 'A process restarts again and again',
      meaning: 'A process ends, is started again, and ends again.',
      impact: 'Each restart loses what the process had begun; while it starts, the others do its work.',
      diagnosis: [
        { question: 'Which processes, and since when?', query: started },
        { question: 'What did it log last? A crash has its stack there; a kill for lack of memory has nothing.' },
        ...(subject.measures('process_resident_memory_bytes')
          ? [
              {
                question: 'How much memory did it have before it ended?',
                query: subject.own('process_resident_memory_bytes'),
              },
            ]
          : []),
      ],
      mitigation: [
        'If it began with a release, roll it back.',
        'If it ends for lack of memory, raise the limit until the reason is found.',
      ],
    },
    scenario: {
      series: {
        [instance(subject, 'process_start_time_seconds')]: gauge([100, 20], [200, 2], [300, 2], [400, 2], [500, 60]),
      },
      quietAt: 19,
      firesAt: 28,
      resolvedAt: 60,
      labels: { instance: '10.0.0.1:9464', job: subject.name },
    },
  };
}

function eventLoop(subject: Subject): AlertSpec {
  const lag = subject.own('nodejs_eventloop_lag_p99_seconds');
  return {
    name: 'EventLoopBlocked',
    ...ticket(minutes(5)),
    dashboard: 'Runtime',
    summary: `${subject.name}: the event loop of {{ $labels.instance }} is blocked`,
    description:
      'For five minutes, one turn of the event loop in a hundred has been later than 200 ms: everything in that process waits so long.',
    expression: `${lag} > 0.2`,
    runbook: {
      name: 'event-loop',
      title: 'The event loop is blocked',
      meaning: 'Code that does not yield keeps a process from anything else for more than 200 ms at a time.',
      impact: 'Every request of that process is late, those that do little as well; probes may fail.',
      diagnosis: [
        { question: 'Which processes?', query: lag },
        {
          question: 'Are they busy? One is a whole core.',
          query: `rate(${subject.own('process_cpu_seconds_total')}[5m])`,
        },
        {
          question: 'How much of that is the garbage collection?',
          query: `sum by (instance, kind) (rate(${subject.own('nodejs_gc_duration_seconds_sum')}[5m]))`,
        },
        {
          question:
            'What do they do? Take a CPU profile of one: `kill -USR1 <pid>` opens the inspector on its loopback.',
        },
      ],
      mitigation: [
        'If it began with a release, roll it back.',
        'Take the load off: add processes, or switch off the route that does it.',
        'Large JSON, synchronous cryptography and regular expressions are the usual reasons; move them to a worker.',
      ],
    },
    scenario: {
      series: { [instance(subject, 'nodejs_eventloop_lag_p99_seconds')]: gauge([0.01, 20], [0.5, 20], [0.01, 20]) },
      quietAt: 19,
      firesAt: 35,
      resolvedAt: 50,
      labels: { instance: '10.0.0.1:9464', job: subject.name },
    },
  };
}
