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
  const others = checks.filter((check) => !caches.includes(check));
  const required = others.filter((check) => check.required);
  const optional = others.filter((check) => !check.required);
  return [
    ...(required.length === 0 ? [] : [requiredDown(subject, required)]),
    ...(optional.length === 0 ? [] : [optionalDown(subject, optional)]),
    ...(caches.length === 0 ? [] : [cacheDown(subject, caches)]),
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

function cacheDown(subject: Subject, checks: readonly ReadinessCheck[]): AlertSpec {
  const up = subject.own('health_check_up', anyOf(checks));
  return {
    name: 'CacheConnectionFails',
    ...(checks.some(({ required }) => required) ? page(minutes(2)) : ticket(minutes(5))),
    summary: `${subject.name}: {{ $labels.instance }} does not reach {{ $labels.check }}`,
    description: 'A process has not reached the cache {{ $labels.check }} for minutes.',
    expression: `min by (instance, check) (${up}) == 0`,
    runbook: runbookOf(
      subject,
      'cache-connection',
      'The cache cannot be reached',
      up,
      checks,
      'What the cache answers otherwise goes to where it comes from: slower, and more load there.',
    ),
    scenario: { ...scenario(subject, checks[0]!), labels: { check: checks[0]!.name, instance: INSTANCE } },
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
