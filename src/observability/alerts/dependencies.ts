import { BackingServiceKind, type ReadinessCheck } from '../../service';
import type { AlertSpec, Runbook } from './alert-spec';
import { gauge } from './samples';
import { minutes, page, type Subject, ticket } from './subject';

/** What the service needs, as its own checks see it. */
export function dependencyAlerts(subject: Subject): AlertSpec[] {
  if (!subject.measures('health_check_up')) {
    return [];
  }
  const checks = subject.service.readinessChecks;
  const caches = checks.filter((check) => isCache(subject, check));
  const required = checks.filter((check) => check.required);
  const optional = checks.filter((check) => !check.required);
  return [
    ...(required.length === 0 ? [] : [requiredDown(subject, required)]),
    ...(optional.length === 0 ? [] : [optionalDown(subject, optional)]),
    ...(caches.length === 0 ? [] : [cacheConnection(subject, caches)]),
  ];
}

function isCache({ service }: Subject, { backingService }: ReadinessCheck): boolean {
  return service.backingServices.some(
    ({ name, backingKind }) => name === backingService && backingKind === BackingServiceKind.REDIS,
  );
}

const anyOf = (checks: readonly ReadinessCheck[]) => `check=~"${checks.map(({ name }) => name).join('|')}"`;

function requiredDown(subject: Subject, checks: readonly ReadinessCheck[]): AlertSpec {
  const up = subject.own('health_check_up', anyOf(checks));
  return {
    name: 'RequiredDependencyDown',
    ...page(minutes(2)),
    summary: `${subject.name}: {{ $labels.check }} fails in every process`,
    description:
      'For two minutes, no process has passed the check {{ $labels.check }}, without which none is ready: nobody is served.',
    expression: `max by (check) (${up}) == 0`,
    runbook: runbookOf(
      subject,
      'required-dependency-down',
      'Something that the service cannot do without is gone',
      up,
      checks,
      'No process is ready, so no request is served.',
    ),
    scenario: scenario(subject, checks[0]!),
  };
}

function optionalDown(subject: Subject, checks: readonly ReadinessCheck[]): AlertSpec {
  const up = subject.own('health_check_up', anyOf(checks));
  return {
    name: 'OptionalDependencyDown',
    ...ticket(minutes(5)),
    summary: `${subject.name}: {{ $labels.check }} fails in every process`,
    description: 'For five minutes, no process has passed the check {{ $labels.check }}; the service goes on without.',
    expression: `max by (check) (${up}) == 0`,
    runbook: runbookOf(
      subject,
      'optional-dependency-down',
      'Something that the service can do without is gone',
      up,
      checks,
      'What needs it is missing or slower; the rest is served.',
    ),
    scenario: scenario(subject, checks[0]!),
  };
}

/** Of some processes alone: a cache that none reaches is a dependency that is down. */
function cacheConnection(subject: Subject, checks: readonly ReadinessCheck[]): AlertSpec {
  const up = subject.own('health_check_up', anyOf(checks));
  const [{ name }] = checks as [ReadinessCheck];
  const other = subject.own('health_check_up', `check="${name}"`, 'instance="10.0.0.2:9464"');
  const { series, ...times } = scenario(subject, checks[0]!);
  return {
    name: 'CacheConnectionFails',
    ...ticket(minutes(10)),
    summary: `${subject.name}: {{ $labels.instance }} does not reach {{ $labels.check }}`,
    description:
      'For ten minutes, a process has not reached the cache {{ $labels.check }}, while others do; they carry the load.',
    expression: `min by (instance, check) (${up}) == 0\nand on (check) max by (check) (${up}) == 1`,
    runbook: runbookOf(
      subject,
      'cache-connection',
      'A process does not reach the cache',
      up,
      checks,
      'Where the check is required, the process takes no requests. Where it is not, what the cache answers otherwise goes to where it comes from: slower, and more load there.',
    ),
    scenario: {
      ...times,
      series: { ...series, [other]: gauge([1, 60]) },
      labels: { check: name, instance: INSTANCE },
    },
  };
}

const INSTANCE = '10.0.0.1:9464';

function scenario(subject: Subject, { name }: ReadinessCheck) {
  const series = subject.own('health_check_up', `check="${name}"`, `instance="${INSTANCE}"`);
  return {
    series: { [series]: gauge([1, 20], [0, 20], [1, 20]) },
    quietAt: 19,
    firesAt: 35,
    resolvedAt: 50,
    labels: { check: name },
  };
}

function runbookOf(
  subject: Subject,
  name: string,
  title: string,
  up: string,
  checks: readonly ReadinessCheck[],
  impact: string,
): Runbook {
  return {
    name,
    title,
    meaning: `A check fails: ${checks.map((check) => `\`${check.name}\` (${check.description})`).join(', ')}.`,
    impact,
    diagnosis: [
      { question: 'Which check fails, in which processes?', query: up },
      {
        question: 'Does it fail at once, or does it time out?',
        query: subject.own('health_check_duration_seconds', anyOf(checks)),
      },
      { question: 'What does `/health` say? It has the error of each check.' },
    ],
    mitigation: [
      'If it fails in all processes, what they ask is down: follow its own runbook, or tell its owner.',
      'If it fails in one process, restart that one.',
      'If credentials were rotated, see that the processes read the new ones.',
    ],
  };
}
