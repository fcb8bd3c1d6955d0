import { type Metric, MetricSource, MetricType, Panel, PanelKind, type PanelProps, type Service } from '../../service';
import { Subject } from '../alerts/subject';
import { ERROR_EVENTS } from '../error-tracking/event-metric';
import { HTTP_CLIENT_DURATION, HTTP_DURATION, HTTP_IN_FLIGHT, HTTP_MALFORMED, SERVED } from '../http-metrics';
import { STATED_BY } from '../stated-by';

type Look = Omit<PanelProps, 'dashboard' | 'row'> & { readonly question: string };

/**
 * The panels that follow from what is measured, in the order in which a person reads them.
 *
 * @param hasObjectives whether anything is promised
 */
export function standardPanels(service: Service, hasObjectives: boolean): Panel[] {
  const subject = new Subject(service);
  return [
    ...row('Overview', 'Objectives', hasObjectives ? objectives(subject) : []),
    ...row('Overview', 'Requests', subject.answers && subject.measures(HTTP_IN_FLIGHT) ? requests(subject) : []),
    ...row('Overview', 'Saturation', saturation(subject)),
    ...row('Overview', 'Dependencies', dependencies(subject)),
    ...row('Runtime', 'Process', processes(subject)),
    ...row('Runtime', 'Containers', containers(subject)),
    ...row('Database', 'Queries and connections', database(subject)),
    ...row(
      'Business',
      'What the service counts',
      service.metrics.filter(isOfService).map((metric) => counted(subject, metric)),
    ),
    ...row('Telemetry', 'Scraping', scraping(subject)),
    ...row('Telemetry', 'Traces and logs', pipeline(subject)),
    ...row('Telemetry', 'Alerting', alerting()),
  ];
}

function row(dashboard: string, name: string, looks: readonly Look[]): Panel[] {
  return looks.map(
    ({ question, ...props }) => new Panel(question, { ...props, dashboard, row: name, statedBy: STATED_BY }),
  );
}

const per = '[$__rate_interval]';

function objectives({ name }: Subject): Look[] {
  const of = (record: string) => `${record}{service="${name}"}`;
  return [
    {
      question: 'How much error budget is left?',
      kind: PanelKind.STAT,
      queries: { '{{objective}}': of('slo:error_budget:remaining') },
      unit: 'percentunit',
      description:
        'Of what may go wrong in the window of each objective. At zero the promise is broken: take no more risks.',
    },
    {
      question: 'How fast does the budget burn?',
      queries: {
        '{{objective}}, 1 h': `${of('slo:sli_error:ratio_rate1h')} / on (objective, service) (1 - ${of('slo:objective:ratio')})`,
      },
      unit: 'short',
      description: 'At 1 the budget lasts exactly for its window. Above 14.4 over an hour somebody is paged.',
    },
    {
      question: 'Which share of requests is bad?',
      queries: { '{{objective}}': of('slo:sli_error:ratio_rate5m') },
      unit: 'percentunit',
      description: 'By the measure of each objective, over five minutes.',
    },
  ];
}

function requests(subject: Subject): Look[] {
  const count = (...matchers: string[]) => subject.own(`${HTTP_DURATION}_count`, ...matchers);
  const buckets = subject.own(`${HTTP_DURATION}_bucket`, SERVED);
  const quantile = (q: number) => `histogram_quantile(${q}, sum by (le) (rate(${buckets}${per})))`;
  return [
    {
      question: 'Which routes are asked for, and how often?',
      queries: { '{{method}} {{route}}': `topk(10, sum by (method, route) (rate(${count()}${per})) > 0)` },
      unit: 'reqps',
      description: 'The ten busiest routes. What no route answers is one of them.',
    },
    {
      question: 'Which requests fail?',
      queries: {
        '{{status}} {{method}} {{route}}': `topk(10, sum by (status, method, route) (rate(${count('status=~"5.."')}${per})) > 0)`,
      },
      unit: 'reqps',
      description: 'Server errors only: what the service is to blame for.',
    },
    {
      question: 'Which requests are refused?',
      queries: {
        '{{status}}': `sum by (status) (rate(${count('status=~"4.."')}${per}))`,
        ...(subject.measures(HTTP_MALFORMED) ? { malformed: `sum(rate(${subject.own(HTTP_MALFORMED)}${per}))` } : {}),
      },
      unit: 'reqps',
      description: 'Client errors. A sudden rise is a client that changed, or one of ours that broke it.',
    },
    {
      question: 'How long do requests take?',
      queries: { 'half within': quantile(0.5), '95 % within': quantile(0.95), '99 % within': quantile(0.99) },
      unit: 's',
      description: 'Those to what the service serves. The dots are single requests: each leads to its trace.',
    },
    {
      question: 'Which routes are slow?',
      queries: {
        '{{method}} {{route}}': `topk(10, histogram_quantile(0.95, sum by (le, method, route) (rate(${buckets}${per}))) > 0)`,
      },
      unit: 's',
      description: '95 % of the requests to a route take at most so long.',
    },
    {
      question: 'How many requests are being answered?',
      queries: { '{{instance}}': `sum by (instance) (${subject.own(HTTP_IN_FLIGHT)})` },
      unit: 'short',
      description: 'A line that only rises is a process that does not get done.',
    },
  ];
}

function saturation(subject: Subject): Look[] {
  return [
    ...optional(subject, 'process_cpu_seconds_total', {
      question: 'How busy are the processes?',
      queries: { '{{instance}}': `sum by (instance) (rate(${subject.own('process_cpu_seconds_total')}${per}))` },
      unit: 'percentunit',
      description: 'At 100 % one core is busy, which is all that the JavaScript of one process can use.',
    }),
    ...optional(subject, 'process_resident_memory_bytes', {
      question: 'How much memory do the processes have?',
      queries: { '{{instance}}': `sum by (instance) (${subject.own('process_resident_memory_bytes')})` },
      unit: 'bytes',
      description: 'A line that rises for days is a leak.',
    }),
    ...optional(subject, 'database_pool_waiting', {
      question: 'Do queries wait for a connection?',
      queries: { '{{instance}} {{role}}': `sum by (instance, role) (${subject.own('database_pool_waiting')})` },
      unit: 'short',
      description: 'Anything above zero for long means that the pool is too small or the queries too slow.',
    }),
  ];
}

function dependencies(subject: Subject): Look[] {
  return [
    ...optional(subject, 'health_check_up', {
      question: 'Does everything answer that the service needs?',
      kind: PanelKind.STAT,
      queries: { '{{check}}': `min by (check) (${subject.own('health_check_up')})` },
      unit: 'bool_yes_no',
      description: 'No means that the check fails in at least one process.',
    }),
    ...optional(subject, 'health_check_duration_seconds', {
      question: 'How long do the checks take?',
      queries: { '{{check}}': `max by (check) (${subject.own('health_check_duration_seconds')})` },
      unit: 's',
      description: 'The slowest process of each check.',
    }),
    ...optional(subject, HTTP_CLIENT_DURATION, {
      question: 'How long do other services take?',
      queries: {
        '{{host}}': `histogram_quantile(0.95, sum by (le, host) (rate(${subject.own(`${HTTP_CLIENT_DURATION}_bucket`)}${per})))`,
      },
      unit: 's',
      description: '95 % of the requests to a host are answered within this time.',
    }),
    ...optional(subject, HTTP_CLIENT_DURATION, {
      question: 'Which requests to other services fail?',
      queries: {
        '{{host}} {{status}}': `sum by (host, status) (rate(${subject.own(`${HTTP_CLIENT_DURATION}_count`, 'status=~"5..|error"')}${per}))`,
      },
      unit: 'reqps',
      description: 'Server errors of theirs, and requests that got no answer.',
    }),
  ];
}

function processes(subject: Subject): Look[] {
  const by = (name: string) => `sum by (instance) (${subject.own(name)})`;
  return [
    ...optional(subject, 'nodejs_eventloop_lag_p99_seconds', {
      question: 'Is the event loop blocked?',
      queries: { '{{instance}}': `max by (instance) (${subject.own('nodejs_eventloop_lag_p99_seconds')})` },
      unit: 's',
      description: 'One turn in a hundred is later than this. Everything in the process waits so long.',
    }),
    ...optional(subject, 'nodejs_heap_size_used_bytes', {
      question: 'How full is the heap?',
      queries: {
        '{{instance}} used': by('nodejs_heap_size_used_bytes'),
        '{{instance}} reserved': by('nodejs_heap_size_total_bytes'),
      },
      unit: 'bytes',
      description: 'What JavaScript has allocated, and what the engine has reserved for it.',
    }),
    ...optional(subject, 'nodejs_gc_duration_seconds', {
      question: 'How much time goes into garbage collection?',
      queries: {
        '{{instance}} {{kind}}': `sum by (instance, kind) (rate(${subject.own('nodejs_gc_duration_seconds_sum')}${per}))`,
      },
      unit: 'percentunit',
      description: 'As a share of one core. Above a tenth, the heap is too small or the code allocates too much.',
    }),
    ...optional(subject, 'nodejs_active_resources', {
      question: 'What keeps the processes busy?',
      queries: { '{{type}}': `sum by (type) (${subject.own('nodejs_active_resources')})` },
      unit: 'short',
      description: 'Sockets, timers and other resources that are open.',
    }),
    ...optional(subject, 'process_open_fds', {
      question: 'How many files and sockets are open?',
      queries: { '{{instance}}': by('process_open_fds'), '{{instance}} limit': by('process_max_fds') },
      unit: 'short',
      description: 'At the limit, no connection is accepted any more.',
    }),
    ...optional(subject, 'build_info', {
      question: 'Which versions run?',
      kind: PanelKind.STAT,
      queries: { '{{version}}': `count by (version) (${subject.own('build_info')})` },
      unit: 'short',
      description: 'Processes by version. Two versions for longer than a release takes means that it is stuck.',
    }),
  ];
}

function containers(subject: Subject): Look[] {
  if (!subject.measures('container_memory_working_set_bytes') || subject.service.processes.length === 0) {
    return [];
  }
  const of = (name: string, more = ', container!=""') => `${name}{${subject.pods}${more}}`;
  const sum = (series: string) => `sum by (pod, container) (rate(${series}${per}))`;
  return [
    {
      question: 'How close are containers to their memory limit?',
      queries: {
        '{{pod}}': `max by (pod, container) (${of('container_memory_working_set_bytes')}) / max by (pod, container) (${of('kube_pod_container_resource_limits', ', resource="memory"')})`,
      },
      unit: 'percentunit',
      description: 'At 100 % the container is killed.',
    },
    {
      question: 'Do containers wait for CPU?',
      queries: {
        '{{pod}}': `${sum(of('container_cpu_cfs_throttled_periods_total'))} / ${sum(of('container_cpu_cfs_periods_total'))}`,
      },
      unit: 'percentunit',
      description: 'The share of periods in which the CPU limit stopped the container.',
    },
    {
      question: 'Which containers restart?',
      queries: {
        '{{pod}} {{container}}': `sum by (pod, container) (increase(${of('kube_pod_container_status_restarts_total', '')}${per}))`,
      },
      unit: 'short',
      description: 'Restarts outside of releases are crashes, kills for lack of memory, or probes that fail.',
    },
  ];
}

function database(subject: Subject): Look[] {
  const buckets = subject.own('database_query_duration_seconds_bucket');
  return [
    ...optional(subject, 'database_query_duration_seconds', {
      question: 'How long do queries take?',
      queries: {
        'half within ({{role}})': `histogram_quantile(0.5, sum by (le, role) (rate(${buckets}${per})))`,
        '95 % within ({{role}})': `histogram_quantile(0.95, sum by (le, role) (rate(${buckets}${per})))`,
      },
      unit: 's',
      description: 'As the service sees it, without the wait for a connection.',
    }),
    ...optional(subject, 'database_query_duration_seconds', {
      question: 'How many queries are there, and how do they end?',
      queries: {
        '{{role}} {{outcome}}': `sum by (role, outcome) (rate(${subject.own('database_query_duration_seconds_count')}${per}))`,
      },
      unit: 'ops',
      description: 'Statements a second, by outcome.',
    }),
    ...optional(subject, 'database_pool_connections', {
      question: 'What do the connections do?',
      queries: {
        '{{role}} {{state}}': `sum by (role, state) (${subject.own('database_pool_connections')})`,
        '{{role}} limit': `sum by (role) (${subject.own('database_pool_connections_limit')})`,
      },
      unit: 'short',
      description: 'Over all processes. Together they must stay below the limit of the server.',
    }),
    ...optional(subject, 'database_migrations', {
      question: 'Is the database at the head of the migrations?',
      kind: PanelKind.STAT,
      queries: { '{{state}}': `max by (state) (${subject.own('database_migrations')})` },
      unit: 'short',
      description:
        'Pending: a release waits for them. Newer: another version has applied migrations that this one does not know.',
    }),
  ];
}

/** What the code of the service measures, as opposed to what its platform does. */
function isOfService({ source }: Metric): boolean {
  return source === MetricSource.SERVICE;
}

function counted(subject: Subject, { name, type, labels, help, unit }: Metric): Look {
  const by = labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
  const legend = labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' ');
  const question = `${help} (${name})`;
  switch (type) {
    case MetricType.COUNTER:
      return {
        question,
        queries: { [legend]: `sum${by} (rate(${subject.own(name)}${per}))` },
        unit: 'ops',
        description: 'How many a second.',
      };
    case MetricType.HISTOGRAM:
      return {
        question,
        queries: {
          [legend]: `histogram_quantile(0.95, sum by (${['le', ...labels].join(', ')}) (rate(${subject.own(`${name}_bucket`)}${per})))`,
        },
        unit: axis(unit),
        description: '95 % are at most this.',
      };
    default:
      return {
        question,
        queries: { [legend]: `sum${by} (${subject.own(name)})` },
        unit: axis(unit),
        description: 'Over all processes.',
      };
  }
}

function axis(unit: string | undefined): string {
  return unit === 'seconds' ? 's' : unit === 'bytes' ? 'bytes' : 'short';
}

function scraping(subject: Subject): Look[] {
  return [
    {
      question: 'Does Prometheus reach the processes?',
      queries: { '{{instance}}': `max by (instance) (${subject.own('up')})` },
      unit: 'bool_yes_no',
      description: 'What is not reached is not measured, and its alerts are silent.',
    },
    {
      question: 'How many series does the service have?',
      queries: { '{{instance}}': `sum by (instance) (${subject.own('scrape_samples_scraped')})` },
      unit: 'short',
      description: 'Of one process. A line that only rises is a label whose values never end.',
    },
    ...optional(subject, 'metric_observations_guarded_total', {
      question: 'Which metrics are not what they should be?',
      queries: {
        '{{metric}}, {{outcome}}': `sum by (metric, outcome) (rate(${subject.own('metric_observations_guarded_total')}${per}))`,
      },
      unit: 'ops',
      description:
        'Observations folded into "other", because the limit of label values was reached, and those left out, because they were no number.',
    }),
  ];
}

function pipeline(subject: Subject): Look[] {
  return [
    ...optional(subject, 'trace_spans_dropped_total', {
      question: 'Does the service lose spans?',
      queries: {
        exported: `sum(rate(${subject.own('trace_spans_exported_total')}${per}))`,
        'dropped, {{reason}}': `sum by (reason) (rate(${subject.own('trace_spans_dropped_total')}${per}))`,
      },
      unit: 'ops',
      description: 'The service drops rather than waits: a trace with holes is better than a slow request.',
    }),
    ...optional(subject, 'log_lines_dropped_total', {
      question: 'Does the service lose log lines?',
      queries: { '{{instance}}': `sum by (instance) (rate(${subject.own('log_lines_dropped_total')}${per}))` },
      unit: 'ops',
      description: 'Whoever reads its standard output has fallen behind by more than 16 MB.',
    }),
    ...optional(subject, ERROR_EVENTS, {
      question: 'Do errors reach Sentry?',
      queries: { '{{outcome}}': `sum by (outcome) (rate(${subject.own(ERROR_EVENTS)}${per}))` },
      unit: 'ops',
      description: 'What is dropped is in the log only.',
    }),
    {
      question: 'Does the collector keep up?',
      queries: {
        '{{exporter}}':
          'max by (exporter) (otelcol_exporter_queue_size) / max by (exporter) (otelcol_exporter_queue_capacity)',
      },
      unit: 'percentunit',
      description: 'How full its queues are. At 100 % it drops what comes.',
    },
    {
      question: 'What does the collector fail to export?',
      queries: {
        'spans, {{exporter}}': `sum by (exporter) (rate(otelcol_exporter_send_failed_spans_total${per}))`,
        'log records, {{exporter}}': `sum by (exporter) (rate(otelcol_exporter_send_failed_log_records_total${per}))`,
      },
      unit: 'ops',
      description: 'What it could not deliver after all retries.',
    },
  ];
}

function alerting(): Look[] {
  return [
    {
      question: 'Do notifications arrive?',
      queries: {
        'sent, {{integration}}': `sum by (integration) (rate(alertmanager_notifications_total${per}))`,
        'failed, {{integration}}': `sum by (integration) (rate(alertmanager_notifications_failed_total${per}))`,
      },
      unit: 'ops',
      description: 'Failures mean that somebody who should act does not hear of it.',
    },
    {
      question: 'Are all rules evaluated?',
      queries: { '{{rule_group}}': `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total${per}))` },
      unit: 'ops',
      description: 'A rule that cannot be evaluated is silent.',
    },
  ];
}

/** A look at a metric, where it is measured. */
function optional(subject: Subject, metric: string, look: Look): Look[] {
  return subject.measures(metric) ? [look] : [];
}
