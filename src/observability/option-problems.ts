import { Duration, NetworkPeer, type ServiceProblem } from '../service';
import { ExternalMetrics } from './catalogues';
import { TelemetryBackend } from './collector';
import { ErrorTracking } from './error-tracking/error-tracking';
import type { ObservabilityOptions } from './observability';
import { nearest } from './promql/nearest';

/** What an option has to be. */
interface Kind {
  readonly is: (value: unknown) => boolean;
  readonly message: string;
  readonly fix: string;
  /** The members of an option that has options of its own. */
  readonly members?: Members;
}

type Members = Readonly<Record<string, Kind>>;

const SHARE: Kind = {
  is: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  message: 'is no share from 0 to 1',
  fix: 'give a number such as 0.05',
};

const DURATION: Kind = {
  is: (value) => value instanceof Duration,
  message: 'is no Duration',
  fix: 'give one, such as Duration.days(30)',
};

const BACKENDS: Kind = {
  is: (value) => Array.isArray(value) && value.every((each) => each instanceof TelemetryBackend),
  message: 'is no list of backends',
  fix: 'give a list such as [TelemetryBackend.tempo()]',
};

function group(members: Members): Kind {
  return {
    is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    message: 'takes options of its own',
    fix: `write it as { ${Object.keys(members)[0]}: … }`,
    members,
  };
}

const OPTIONS: Members = {
  enabled: {
    is: (value) => typeof value === 'boolean',
    message: 'is neither true nor false',
    fix: 'write one of them',
  },
  traceSampleRatio: SHARE,
  accessLogSampleRatio: SHARE,
  externalMetrics: {
    is: (value) => Array.isArray(value) && value.every((each) => Object.values(ExternalMetrics).includes(each)),
    message: `is no list of what there is: ${Object.values(ExternalMetrics).join(', ')}`,
    fix: 'give a list such as [ExternalMetrics.KUBERNETES]',
  },
  errorTracking: {
    is: (value) => value instanceof ErrorTracking,
    message: 'is nothing that gathers errors',
    fix: 'write ErrorTracking.sentry(), or drop the option',
  },
  collector: group({
    traces: BACKENDS,
    logs: BACKENDS,
    endpoints: {
      is: (value) =>
        typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'),
      message: 'says no endpoint of each environment',
      fix: "write it as { prod: 'http://otel-collector.monitoring:4318' }",
    },
    peer: {
      is: (value) => value instanceof NetworkPeer,
      message: 'is no place on the network',
      fix: 'write it as NetworkPeer.inCluster({ namespace, podLabels })',
    },
    tailSampling: group({
      slowerThan: DURATION,
      ratio: SHARE,
      decisionWait: DURATION,
      tracesInMemory: {
        is: (value) => Number.isInteger(value) && (value as number) > 0,
        message: 'is no number of traces above zero',
        fix: 'give a whole number such as 20000',
      },
    }),
  }),
  retention: group({ metrics: DURATION, logs: DURATION, traces: DURATION }),
};

/**
 * The options that are what they should be, and what is wrong with the others: `.projenrc.ts` runs without a type check, and a
 * `.projenrc.js` knows none.
 */
export function checkedOptions(given: ObservabilityOptions): {
  options: ObservabilityOptions;
  problems: ServiceProblem[];
} {
  const problems: ServiceProblem[] = [];
  const options = checked('observability', given, OPTIONS, problems);
  return { options, problems };
}

function checked(place: string, given: object, members: Members, problems: ServiceProblem[]): object {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .flatMap(([name, value]) => {
        const kind = members[name];
        const here = `${place}.${name}`;
        if (kind === undefined) {
          const meant = nearest(name, Object.keys(members));
          const known = `it has ${Object.keys(members).join(', ')}`;
          const fix = meant === undefined ? known : `did you mean ${meant}? Otherwise drop it; ${known}`;
          problems.push({ place: here, message: 'is no option', fix });
          return [];
        }
        if (!kind.is(value)) {
          problems.push({ place: here, message: kind.message, value: plain(value), fix: kind.fix });
          return [];
        }
        return [[name, kind.members === undefined ? value : checked(here, value as object, kind.members, problems)]];
      }),
  );
}

/** What a message can show. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((each) => typeof each !== 'object').join(', ') || undefined;
  }
  return typeof value === 'object' ? undefined : value;
}
