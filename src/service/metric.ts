import { Fact, FactKind, type FactProps } from './fact';
import { unboundedReason } from './label-bounds';
import type { ServiceProblem } from './problem';
import { textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * How a metric behaves over time.
 */
export enum MetricType {
  /** Only grows, until the process restarts. */
  COUNTER = 'counter',
  /** Goes up and down. */
  GAUGE = 'gauge',
  /** Counts observations in buckets. */
  HISTOGRAM = 'histogram',
}

/**
 * Who emits a metric.
 */
export enum MetricSource {
  /** The code of this service, through an instrument that is typed for it. */
  SERVICE = 'service',
  /** The platform below that code, which has its own instruments. */
  PLATFORM = 'platform',
  /** Something around it, such as kube-state-metrics; declared so that queries may name it. */
  EXTERNAL = 'external',
}

/**
 * What there is to say about a metric.
 */
export interface MetricProps extends FactProps {
  /**
   * What is measured, in a few words.
   */
  readonly help: string;

  /**
   * The label names. Each must have few values: they multiply.
   *
   * @default - no labels
   */
  readonly labels?: string[];

  /**
   * All values of labels, where they are known: `{ channel: ['web', 'app'] }`. Code that names another does not compile, and once
   * those of all labels are known, a counter or histogram is there at zero for each set of them (at most 2,000 series). Otherwise a set begins with its
   * first event, at 1, which `rate` and `increase` do not see.
   *
   * @default - any value; each set of them begins with its first event
   * @see https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics
   */
  readonly labelValues?: { [label: string]: string[] };

  /**
   * The base unit, in the plural: `seconds`, `bytes`. The name must carry it.
   *
   * @default - a count of things
   */
  readonly unit?: string;

  /**
   * Who emits it.
   *
   * @default MetricSource.SERVICE
   */
  readonly source?: MetricSource;

  /**
   * How many sets of label values one process keeps apart; those that come later are counted as `other`.
   *
   * @default 500
   */
  readonly labelSetLimit?: number;
}

/**
 * What there is to say about a histogram.
 */
export interface HistogramProps extends MetricProps {
  /**
   * The upper bounds of the buckets, ascending.
   */
  readonly buckets: number[];
}

/** Sets of label values that one process keeps apart unless told otherwise; `instruments.ts` has the same. */
const LABEL_SETS = 500;

/** One in so many of the samples of a scrape is what a metric may begin with: others want to be measured too. */
const METRICS_PER_SCRAPE = 25;

/** The rule that a label has few values. */
const BOUNDED_LABEL = 'bounded-label';

/**
 * Something that is measured, in Prometheus terms.
 *
 * @example
 * service.state(Metric.counter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] }));
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export class Metric extends Fact {
  /**
   * The samples that Prometheus takes from one process: of a scrape that has more it takes none, and the process seems to be down.
   *
   * @internal
   * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
   */
  public static readonly _SAMPLE_LIMIT = 50_000;

  /** A number that only grows; its name ends in `_total`. */
  public static counter(name: string, props: MetricProps): Metric {
    return new Metric(MetricType.COUNTER, name, props);
  }

  /** A number that goes up and down. */
  public static gauge(name: string, props: MetricProps): Metric {
    return new Metric(MetricType.GAUGE, name, props);
  }

  /** Observations counted in buckets. */
  public static histogram(name: string, props: HistogramProps): Metric {
    return new Metric(MetricType.HISTOGRAM, name, props, props.buckets);
  }

  /** How it behaves over time. */
  public readonly type: MetricType;
  /** What is measured. */
  public readonly help: string;
  /** The label names, sorted. */
  public readonly labels: string[];
  /** The values of those labels that have no others. */
  public readonly labelValues: { [label: string]: string[] };
  /** The base unit. */
  public readonly unit?: string;
  /** Who emits it. */
  public readonly source: MetricSource;
  /** How many sets of label values one process keeps apart; undefined means the default. */
  public readonly labelSetLimit?: number;
  /** The upper bounds of a histogram's buckets. */
  public readonly buckets?: number[];

  /** What was given instead of a list of labels: `.projenrc.ts` runs without a type check. */
  private readonly noList?: unknown;

  private constructor(type: MetricType, name: string, props: MetricProps, buckets?: number[]) {
    super(FactKind.METRIC, name, props);
    this.type = type;
    this.help = props.help;
    const labels: unknown = props.labels ?? [];
    this.labels = Array.isArray(labels) ? [...labels].sort() : [];
    this.noList = Array.isArray(labels) ? undefined : labels;
    this.labelValues = props.labelValues ?? {};
    this.unit = props.unit;
    this.source = props.source ?? MetricSource.SERVICE;
    this.labelSetLimit = props.labelSetLimit;
    this.buckets = buckets;
  }

  /**
   * The names of the time series it is exposed as.
   */
  public get seriesNames(): string[] {
    return this.type === MetricType.HISTOGRAM
      ? ['bucket', 'count', 'sum'].map((suffix) => `${this.name}_${suffix}`)
      : [this.name];
  }

  /** The samples that are there before its first event: those of each set of label values, where all are known. */
  private get firstSamples(): number {
    if (this.type === MetricType.GAUGE || !this.labels.every((label) => this.labelValues[label] !== undefined)) {
      return 0;
    }
    const sets = this.labels.reduce((product, label) => product * (this.labelValues[label]?.length ?? 1), 1);
    // Beside the buckets there are that without a bound, the sum and the count.
    return sets * (this.type === MetricType.HISTOGRAM ? (this.buckets?.length ?? 0) + 3 : 1);
  }

  public problems(service: Service): ServiceProblem[] {
    const problems: ServiceProblem[] = [];
    const problem = (message: string, value: any, fix: string) =>
      problems.push({ place: this.place, message, value, fix });
    const own = this.source !== MetricSource.EXTERNAL;
    if (this.noList !== undefined) {
      problem('has labels that are no list', this.noList, "write them as a list, such as labels: ['channel']");
      return problems;
    }
    if (typeof this.name !== 'string') {
      problem('has a name that is no text', this.name, 'name it, for example "orders_placed_total"');
      return problems;
    }
    // What others emit is named by them.
    if (!(own ? /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/ : /^[a-zA-Z_:][a-zA-Z0-9_:]*$/).test(this.name)) {
      problem(
        'a metric is named by lower-case words joined by underscores',
        this.name,
        'rename it, for example to "orders_placed_total"',
      );
    }
    const isService = this.source === MetricSource.SERVICE;
    for (const label of this.labels) {
      if (!(own ? /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/ : /^[a-zA-Z_][a-zA-Z0-9_]*$/).test(label)) {
        problem('has a label that Prometheus cannot take', label, 'use lower-case words joined by underscores');
      }
      if (label === 'le' || (own && label === 'quantile') || (isService && ['job', 'instance'].includes(label))) {
        problem('has a label that Prometheus sets itself', label, 'name the label otherwise');
      }
    }
    for (const label of own ? this.labels.filter((one) => this.labelValues[one] === undefined) : []) {
      const reason = unboundedReason(label);
      if (reason !== undefined && service.tryFindWaiver(BOUNDED_LABEL, `${this.name} ${label}`) === undefined) {
        problem(
          `has a label whose values never end: ${reason}; each value is a time series of its own, in every process`,
          label,
          `drop the label and log the value instead, or state new Waiver('${BOUNDED_LABEL}', { subject: '${this.name} ${label}', … }) with the reason why it has few values`,
        );
      }
    }
    if (new Set(this.labels).size < this.labels.length) {
      problem('repeats a label', this.labels, 'name each label once');
    }
    for (const [label, values] of Object.entries(this.labelValues)) {
      if (!this.labels.includes(label)) {
        problem('has values for a label that it does not have', label, 'name it in labels, or drop its values');
      }
      if (values.length === 0 || values.includes('') || new Set(values).size < values.length) {
        problem(`has impossible values of the label ${label}`, values, 'name at least one, each once and none empty');
      }
    }
    const sets = this.labels.reduce((product, label) => product * (this.labelValues[label]?.length ?? 1), 1);
    const most = this.labelSetLimit ?? LABEL_SETS;
    if (sets > Math.max(most, 1)) {
      problem(
        `has ${sets} sets of label values, and a process keeps ${most} apart`,
        sets,
        'name fewer, or raise labelSetLimit',
      );
    }
    const first = this.firstSamples;
    const mostFirst = Metric._SAMPLE_LIMIT / METRICS_PER_SCRAPE;
    if (own && first > mostFirst) {
      problem(
        `begins with ${first} series at zero; ${mostFirst} are left to one metric of the ${Metric._SAMPLE_LIMIT} that Prometheus takes from a process`,
        first,
        'name fewer values or buckets, or leave the values of one label open: then each set begins with its first event',
      );
    }
    problems.push(...textProblems(this, { 'help text': this.help }));
    if (own) {
      if ((this.type === MetricType.COUNTER) !== this.name.endsWith('_total')) {
        problem('counters end in _total, and nothing else does', this.name, 'rename it, or change its type');
      }
      if (isService && /_(bucket|count|sum)$/.test(this.name)) {
        problem(
          'ends like a series of a histogram',
          this.name,
          'end the name otherwise; a histogram gets these by itself',
        );
      }
      if (this.unit !== undefined && !this.name.replace(/_total$/, '').endsWith(`_${this.unit}`)) {
        problem(`has the unit ${this.unit}, which its name does not carry`, this.name, `end the name in _${this.unit}`);
      }
    }
    if (this.type === MetricType.HISTOGRAM && !Array.isArray(this.buckets)) {
      problem('has no list of buckets', this.buckets, 'give the upper bounds, such as buckets: [1, 10, 100]');
    } else if (
      this.buckets !== undefined &&
      (this.buckets.length === 0 ||
        !this.buckets.every(Number.isFinite) ||
        this.buckets.some((bound, i) => i > 0 && bound <= this.buckets![i - 1]!))
    ) {
      problem(
        'has buckets that do not ascend',
        this.buckets,
        'give at least one number, each greater than the one before',
      );
    }
    if (this.labelSetLimit !== undefined && !(Number.isInteger(this.labelSetLimit) && this.labelSetLimit > 0)) {
      problem('keeps an impossible number of label sets', this.labelSetLimit, 'give a whole number from 1');
    }
    for (const other of service.metrics.filter(({ name }) => name !== this.name)) {
      const shared = this.seriesNames.find((series) => other.seriesNames.includes(series));
      if (shared !== undefined) {
        problem(`is exposed as the same series as ${other.place}`, shared, 'rename one of the two');
      }
    }
    return problems;
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.metricStated(this);
  }
}
