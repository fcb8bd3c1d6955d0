import type { NetworkPeer, ServiceProblem } from '../../service';
import type { Retention } from '../retention';
import { TelemetryBackend } from './backend';
import type { Destination, DestinationContext } from './destination';
import type { Signal } from './signal';
import { type TailSampling, type TailSamplingOptions, tailSamplingFlaws, tailSamplingOf } from './tail-sampling';

/**
 * What can be chosen about the OpenTelemetry collector.
 */
export interface CollectorOptions {
  /**
   * Where the service reaches a collector, by environment: the values of `OTEL_EXPORTER_OTLP_ENDPOINT`, such as
   * `{ prod: 'http://otel-collector.monitoring:4318' }`. An environment without one has no traces.
   *
   * @default - none: whatever deploys the service sets the variable, or nothing is traced
   */
  readonly endpoints?: Record<string, string>;

  /**
   * Where on the network the collector is. Network policies let spans through to it, and to the port of the endpoint only.
   *
   * @default - not configured yet: where there is an endpoint, `k8s:check` asks for it (or for `kubernetes.peers`)
   */
  readonly peer?: NetworkPeer;

  /**
   * Where traces go.
   *
   * @default - any OTLP backend, by the collector's variable `TRACES_ENDPOINT`; the local stack's Tempo where there is none
   */
  readonly traces?: TelemetryBackend[];

  /**
   * Where logs go.
   *
   * @default - Loki, by the collector's variable `LOGS_ENDPOINT`; that of the local stack where there is none
   */
  readonly logs?: TelemetryBackend[];

  /**
   * Decides about a trace when it is over, so that errors and slow requests are never missed. The service then records every request,
   * which costs it more than the default share does.
   *
   * @default - what the service has sampled is kept
   */
  readonly tailSampling?: TailSamplingOptions;
}

/** What was chosen, with nothing left open. */
export interface CollectorChoices extends DestinationContext {
  readonly traces: readonly Destination[];
  readonly logs: readonly Destination[];
  readonly tailSampling: TailSampling | undefined;
}

export function collectorChoices(
  serviceName: string,
  retention: Retention,
  { traces, logs, tailSampling }: CollectorOptions = {},
): CollectorChoices {
  return {
    serviceName,
    retention,
    traces: destinations('traces', traces),
    logs: destinations('logs', logs),
    tailSampling: tailSampling === undefined ? undefined : tailSamplingOf(tailSampling),
  };
}

function destinations(signal: Signal, chosen: readonly TelemetryBackend[] | undefined): Destination[] {
  return (chosen ?? [TelemetryBackend._default(signal)]).map(({ _destination }) => _destination);
}

/** What contradicts itself about the collector, and between it and the service. */
export function collectorProblems(choices: CollectorChoices, traceSampleRatio: number | undefined): ServiceProblem[] {
  const { tailSampling } = choices;
  return [
    ...signalProblems('traces', choices),
    ...signalProblems('logs', choices),
    ...(tailSampling === undefined ? [] : tailSamplingFlaws(tailSampling)).map((message) => ({
      place: 'observability.collector.tailSampling',
      message,
      fix: 'correct the option, or drop it for its default',
    })),
    ...(tailSampling !== undefined && traceSampleRatio !== undefined && traceSampleRatio < 1
      ? [
          {
            place: 'observability.traceSampleRatio',
            message:
              'leaves out traces before collector.tailSampling could see how they went: errors among them would be missed',
            value: traceSampleRatio,
            fix: 'drop traceSampleRatio, which is 1 with collector.tailSampling, or drop collector.tailSampling',
          },
        ]
      : []),
  ];
}

function signalProblems(signal: Signal, choices: CollectorChoices): ServiceProblem[] {
  const place = `observability.collector.${signal}`;
  const all = choices[signal];
  const names = all.map(({ name }) => name);
  return [
    ...(all.length === 0
      ? [{ place, message: 'goes nowhere', fix: 'name a TelemetryBackend, or drop the option for its default' }]
      : []),
    ...all
      .filter(({ takes }) => !takes.includes(signal))
      .map(({ name }) => ({
        place,
        message: `goes to ${name}, which does not take ${signal}`,
        fix: `choose another TelemetryBackend for ${signal}`,
      })),
    ...names
      .filter((name, position) => names.indexOf(name) !== position)
      .map((name) => ({ place, message: `goes to ${name} twice`, fix: 'name it once' })),
    ...all
      .filter(({ name }) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
      .map(({ name }) => ({
        place,
        message: 'goes to a backend whose name is no lower-case word',
        value: name,
        fix: 'name it with lower-case letters, digits and dashes, such as "honeycomb"',
      })),
    ...all.flatMap((destination) =>
      destination.flaws(choices).map((flaw) => ({
        place: `${place}, ${destination.name}`,
        message: flaw,
        fix: 'correct the TelemetryBackend',
      })),
    ),
  ];
}

/** The files that have to be mounted into the collector, with what is in them. */
export function collectorSecrets({ traces, logs }: CollectorChoices): Array<[path: string, holds: string]> {
  return Object.entries(Object.assign({}, ...[...traces, ...logs].map(({ secrets }) => secrets)) as object).sort(
    ([a], [b]) => (a < b ? -1 : 1),
  ) as Array<[string, string]>;
}
