import { type ConfigVariable, SecretRule } from '../../service';
import type { AlertSpec } from './alert-spec';
import { gauge } from './samples';
import { minutes, type Subject, ticket } from './subject';

const CHANGED = 'secret_changed_timestamp_seconds';

/** Whether secrets are rotated, and rotations arrive. */
export function secretAlerts(subject: Subject): AlertSpec[] {
  const secrets = subject.service.configVariables.filter(({ secret }) => secret);
  const rotating = secrets.filter(
    ({ name, rotateEvery }) =>
      rotateEvery !== undefined && subject.service.tryFindWaiver(SecretRule.ROTATION, name) === undefined,
  );
  return [
    ...(subject.measures('secret_stale') && secrets.length > 0 ? [stale(subject, secrets[0]!)] : []),
    ...(subject.measures(CHANGED) && rotating.length > 0 ? [overdue(subject, rotating)] : []),
  ];
}

function stale(subject: Subject, example: ConfigVariable): AlertSpec {
  const series = subject.own('secret_stale');
  return {
    name: 'SecretStale',
    ...ticket(minutes(15)),
    summary: `${subject.name}: {{ $labels.variable }} cannot be read again`,
    description:
      'For 15 minutes, a process has used the last good value of {{ $labels.variable }} because its source fails. A rotation would not arrive.',
    expression: `max by (variable) (${series}) == 1`,
    runbook: {
      name: 'secret-stale',
      title: 'A secret cannot be read again',
      meaning: 'The file or the store that a secret comes from cannot be read; the last good value is in use.',
      impact: 'None yet. When the secret is rotated, or a process starts, it lacks the value.',
      diagnosis: [
        { question: 'Which secrets, in which processes?', query: `${series} == 1` },
        {
          question: 'Since when does reading fail?',
          query: `increase(${subject.own('secret_refresh_failures_total')}[1h])`,
        },
        { question: 'What does the log say? It names the source and the reason, never the value.' },
      ],
      mitigation: [
        'If permission is missing, give the identity of the process its access back.',
        'If the store is down, wait: the last good value stays in use. Do not restart processes meanwhile.',
      ],
    },
    scenario: {
      series: {
        [subject.own('secret_stale', 'instance="10.0.0.1:9464"', `variable="${example.name}"`)]: gauge(
          [0, 20],
          [1, 30],
          [0, 20],
        ),
      },
      quietAt: 19,
      firesAt: 45,
      resolvedAt: 60,
      labels: { variable: example.name },
    },
  };
}

function overdue(subject: Subject, secrets: readonly ConfigVariable[]): AlertSpec {
  const periods = new Map<number, string[]>();
  for (const { name, rotateEvery } of secrets) {
    const days = rotateEvery!.toSeconds() / 86_400;
    periods.set(days, [...(periods.get(days) ?? []), name]);
  }
  const older = ([days, names]: [number, string[]]) =>
    `time() - max by (variable) (${subject.own(CHANGED, `variable=~"${names.join('|')}"`)}) > ${days} * 86400`;
  const [[days, names] = [90, ['']]] = [...periods];
  return {
    name: 'SecretOverdue',
    ...ticket(minutes(60)),
    summary: `${subject.name}: {{ $labels.variable }} should have been rotated`,
    description: '{{ $labels.variable }} is older than it may get. What leaked meanwhile still opens doors.',
    expression: [...periods].map(older).join('\nor\n'),
    runbook: {
      name: 'secret-overdue',
      title: 'A secret should have been rotated',
      meaning: 'A secret has not been replaced for longer than its declaration allows (`rotateEvery`).',
      impact: 'None that users notice. The longer a value is in use, the more copies of it there are.',
      diagnosis: [
        {
          question: 'How old are the secrets, in days?',
          query: `(time() - max by (variable) (${subject.own(CHANGED)})) / 86400`,
        },
        { question: 'Who can make a new value? The runbook on rotating a secret names them, and how each is rotated.' },
      ],
      mitigation: ['Rotate it, and see that the age of the secret falls to zero.'],
    },
    scenario: {
      series: {
        [subject.own(CHANGED, 'instance="10.0.0.1:9464"', `variable="${names[0]}"`)]: gauge(
          [3600 - days * 86_400, 180],
          [10_800, 60],
        ),
      },
      quietAt: 50,
      firesAt: 150,
      resolvedAt: 220,
      labels: { variable: names[0]! },
    },
  };
}
