import type { Project } from 'projen';
import { NodeRuntime } from '../../runtime/node';
import {
  BackingService,
  ConfigType,
  ConfigVariable,
  Duration,
  type Fact,
  Metric,
  MetricSource,
  NetworkPeer,
  Rotation,
  Service,
} from '../../service';
import { STATED_BY } from '../stated-by';
import type { ErrorTracking } from './error-tracking';
import { ERROR_EVENTS } from './event-metric';

/**
 * Lets a Node service tell of its errors.
 */
export function addErrorTracking(project: Project, tracking: ErrorTracking): void {
  const service = Service.of(project);
  if (!NodeRuntime.supports(project)) {
    service.report({
      place: 'observability.errorTracking',
      message: 'has no code to tell of errors with in a project that is no Node service',
      fix: 'drop the option, and set up the SDK of your language',
    });
    return;
  }
  const runtime = NodeRuntime.of(project);
  runtime.installPlatform('error-tracking');
  runtime.bind({ exportName: 'errorTracking', from: './error-tracking/module.js' });
  for (const fact of factsOf(tracking)) {
    service.state(fact);
  }
}

function factsOf({ _peer }: ErrorTracking): Fact[] {
  return [
    new ConfigVariable('SENTRY_DSN', {
      type: ConfigType.url({ schemes: ['http', 'https'] }),
      secret: true,
      optional: true,
      description: 'Where errors are sent; without it nobody is told of them',
      // Whoever has it can send errors, and read none.
      rotateEvery: Duration.days(365),
      rotation: Rotation.manual({ overlap: true }),
      statedBy: STATED_BY,
    }),
    BackingService.http({
      name: 'sentry',
      required: false,
      urlVariable: 'SENTRY_DSN',
      peer: _peer ?? NetworkPeer.anywhere('the addresses of sentry.io are not fixed'),
      statedBy: STATED_BY,
    }),
    Metric.counter(ERROR_EVENTS, {
      help: 'Errors that Sentry was to be told of, by what became of them',
      labels: ['outcome'],
      source: MetricSource.PLATFORM,
      statedBy: STATED_BY,
    }),
  ];
}
