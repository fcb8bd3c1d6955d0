import type { AlertSpec } from './alert-spec';
import { gauge } from './samples';
import { minutes, type Subject, ticket } from './subject';

/** The database as the service sees it. */
export function databaseAlerts(subject: Subject): AlertSpec[] {
  return [
    ...(subject.measures('database_pool_waiting') ? [poolExhausted(subject)] : []),
    ...(subject.measures('database_migrations') ? [notAtHead(subject)] : []),
  ];
}

function poolExhausted(subject: Subject): AlertSpec {
  const waiting = subject.own('database_pool_waiting');
  const labels = { instance: '10.0.0.1:9464', role: 'primary' };
  return {
    name: 'DatabasePoolExhausted',
    ...ticket(minutes(5)),
    dashboard: 'Database',
    summary: `${subject.name}: queries of {{ $labels.instance }} wait for a connection`,
    description:
      'For five minutes, all connections of the pool ({{ $labels.role }}) have been taken and queries have waited.',
    expression: `max by (instance, role) (${waiting}) > 0`,
    runbook: {
      name: 'database-pool',
      title: 'The pool of database connections is exhausted',
      meaning: 'Queries wait because every connection of the pool is taken.',
      impact:
        'Requests that need the database are late, and fail when they have waited for `DATABASE_CONNECT_TIMEOUT`.',
      diagnosis: [
        { question: 'Who waits?', query: waiting },
        {
          question: 'What do the connections do?',
          query: `sum by (instance, role, state) (${subject.own('database_pool_connections')})`,
        },
        {
          question: 'Do queries take longer than usual?',
          query: `histogram_quantile(0.95, sum by (le, role) (rate(${subject.own('database_query_duration_seconds_bucket')}[5m])))`,
        },
        {
          question:
            'Does the database itself wait, for locks or disks? Ask it: `select * from pg_stat_activity where wait_event is not null`.',
        },
      ],
      mitigation: [
        'If queries are slow, end the one that holds the others up, then look for the missing index.',
        'If there is more traffic than usual, raise `DATABASE_POOL_SIZE`, as long as all processes together stay below the limit of the server.',
        'If a transaction is left open, roll back the release that leaves it.',
      ],
    },
    scenario: {
      series: {
        [subject.own('database_pool_waiting', 'instance="10.0.0.1:9464"', 'role="primary"')]: gauge(
          [0, 20],
          [5, 20],
          [0, 20],
        ),
      },
      quietAt: 19,
      firesAt: 35,
      resolvedAt: 50,
      labels,
    },
  };
}

function notAtHead(subject: Subject): AlertSpec {
  const pending = subject.own('database_migrations', 'state="pending"');
  return {
    name: 'MigrationsPending',
    ...ticket(minutes(15)),
    dashboard: 'Database',
    summary: `${subject.name}: the database is behind the code`,
    description:
      'For 15 minutes, a process has run whose migrations are not all applied; it is not ready until they are.',
    expression: `max(${pending}) > 0`,
    runbook: {
      name: 'migrations-pending',
      title: 'The database is behind the code',
      meaning: 'Processes of a new version run, but the migrations that came with it are not applied.',
      impact: 'The new version takes no traffic. The old one goes on, unless it is gone already.',
      diagnosis: [
        { question: 'Which processes wait?', query: pending },
        { question: 'Did the process `migrate` run, and how did it end? Read its log.' },
      ],
      mitigation: ['Follow the runbook of a migration that has failed (`migration-failed`).'],
    },
    scenario: {
      series: {
        [subject.own('database_migrations', 'instance="10.0.0.1:9464"', 'state="pending"')]: gauge(
          [0, 20],
          [1, 30],
          [0, 20],
        ),
      },
      quietAt: 19,
      firesAt: 45,
      resolvedAt: 60,
    },
  };
}
