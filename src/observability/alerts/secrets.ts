import type { ConfigVariable } from '../../service';
import type { AlertSpec } from './alert-spec';
import { gauge } from './samples';
import { minutes, type Subject, ticket } from './subject';

/** Whether rotations of secrets arrive. */
export function secretAlerts(subject: Subject): AlertSpec[] {
  const [example] = subject.service.configVariables.filter(({ secret }) => secret);
  return subject.measures('secret_stale') && example !== undefined ? [stale(subject, example)] : [];
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
