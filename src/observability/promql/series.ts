import { type Metric, MetricSource, MetricType, type Service } from '../../service';
import type { Finding } from './finding';

/** Labels that Prometheus adds when it scrapes, whatever it scrapes. */
const TARGET_LABELS = ['instance', 'job'];

/** Labels that scraping through Kubernetes adds. */
const KUBERNETES_LABELS = ['namespace', 'pod'];

/** How a series moves, which decides what may be asked of it. */
export enum Behaviour {
  COUNTER = 'counter',
  GAUGE = 'gauge',
  BUCKET = 'bucket',
}

/** A time series that queries may name. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlySet<string>;
  readonly behaviour: Behaviour;
  /** The upper bounds of the buckets, of a series that has any. */
  readonly bounds?: readonly number[];
}

/** What is recorded, as far as queries care. */
export interface Recorded {
  readonly record: string;
  readonly labels: ReadonlySet<string>;
}

/**
 * Everything a query may name.
 */
export class SeriesIndex {
  private readonly series = new Map<string, Series>();
  private readonly histograms = new Map<string, readonly string[]>();

  constructor(service: Service) {
    for (const metric of service.metrics) {
      this.add(metric);
    }
  }

  public get names(): string[] {
    return [...this.series.keys()];
  }

  public get(name: string): Series | undefined {
    return this.series.get(name);
  }

  /** What to say of a name that is no series. */
  public unknown(name: string, nearest: string | undefined): Finding {
    const exposed = this.histograms.get(name);
    return exposed === undefined
      ? {
          message: 'names a metric that nobody declares',
          value: name,
          fix:
            nearest === undefined
              ? 'declare the metric, or correct its name'
              : `did you mean ${nearest}? Otherwise declare the metric`,
        }
      : {
          message: 'uses a histogram without a suffix: there is no series of its plain name',
          value: name,
          fix: `use one of ${exposed.join(', ')}`,
        };
  }

  /** Adds what recording rules record; rules that record under one name add up. */
  public addRecorded({ record, labels }: Recorded): void {
    const known = this.series.get(record);
    this.series.set(record, {
      name: record,
      labels: new Set([...(known?.labels ?? []), ...labels]),
      behaviour: Behaviour.GAUGE,
    });
  }

  private add(metric: Metric): void {
    const labels = [
      ...TARGET_LABELS,
      ...(metric.source === MetricSource.EXTERNAL ? [] : KUBERNETES_LABELS),
      ...metric.labels,
    ];
    if (metric.type !== MetricType.HISTOGRAM) {
      const behaviour = metric.type === MetricType.COUNTER ? Behaviour.COUNTER : Behaviour.GAUGE;
      this.series.set(metric.name, { name: metric.name, labels: new Set(labels), behaviour });
      return;
    }
    this.histograms.set(metric.name, metric.seriesNames);
    for (const name of metric.seriesNames) {
      const isBucket = name.endsWith('_bucket');
      this.series.set(name, {
        name,
        labels: new Set(isBucket ? [...labels, 'le'] : labels),
        behaviour: isBucket ? Behaviour.BUCKET : Behaviour.COUNTER,
        bounds: isBucket ? metric.buckets : undefined,
      });
    }
  }
}
