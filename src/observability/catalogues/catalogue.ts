import { Metric, MetricSource } from '../../service';

/** A metric that others emit: what it measures, and its labels beside those of the target. */
type Entry = readonly [help: string, ...labels: string[]];

/** What an exporter emits, as far as alerts and panels of a service ask for it. */
export interface Catalogue {
  readonly emitter: string;
  readonly gauges?: Readonly<Record<string, Entry>>;
  readonly counters?: Readonly<Record<string, Entry>>;
}

export function metricsOf({ emitter, gauges = {}, counters = {} }: Catalogue): Metric[] {
  const props = ([help, ...labels]: Entry) => ({ help, labels, source: MetricSource.EXTERNAL, statedBy: emitter });
  return [
    ...Object.entries(gauges).map(([name, entry]) => Metric.gauge(name, props(entry))),
    ...Object.entries(counters).map(([name, entry]) => Metric.counter(name, props(entry))),
  ];
}
