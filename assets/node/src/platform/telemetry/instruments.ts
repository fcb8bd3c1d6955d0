import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from '../metrics/metrics.js';

interface Declared<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** Label sets a process keeps apart; those that come later are counted as `other`. */
  readonly limit: number;
}

interface DeclaredHistogram<L extends string> extends Declared<L> {
  readonly buckets: readonly number[];
}

interface Options<L extends string> {
  readonly help: string;
  readonly labels?: readonly L[];
  readonly limit?: number;
}

/** Nothing for a metric without labels; else a value for each, before the amount. */
type Labelled<L extends string, Rest extends unknown[]> = [L] extends [never]
  ? Rest
  : [labels: Readonly<Record<L, string>>, ...Rest];

export interface CounterInstrument<L extends string> {
  /** Adds 1, or as much as is said. */
  inc(...args: Labelled<L, [by?: number]>): void;
}

export interface GaugeInstrument<L extends string> extends CounterInstrument<L> {
  dec(...args: Labelled<L, [by?: number]>): void;
  set(...args: Labelled<L, [value: number]>): void;
}

export interface HistogramInstrument<L extends string> {
  observe(...args: Labelled<L, [value: number]>): void;
}

/** A metric the service declares, until there is a process that measures it. */
export type Instrument<I> = (metrics: Metrics, guard: Guard) => I;

export type Instruments<D> = { readonly [K in keyof D]: D[K] extends Instrument<infer I> ? I : never };

const DEFAULT_LIMIT = 500;

export function counter<const L extends string = never>(
  name: string,
  options: Options<L>,
): Instrument<CounterInstrument<L>> {
  const declared = declare(name, options);
  return (metrics, guard) => {
    const metric = new Counter<string>({ ...promOf(declared), registers: [metrics] });
    const record = guard.of(declared, (value) => value >= 0);
    return { inc: (...args) => record(args, 1, (labels, by) => metric.inc(labels, by)) };
  };
}

export function gauge<const L extends string = never>(
  name: string,
  options: Options<L>,
): Instrument<GaugeInstrument<L>> {
  const declared = declare(name, options);
  return (metrics, guard) => {
    const metric = new Gauge<string>({ ...promOf(declared), registers: [metrics] });
    const record = guard.of(declared, () => true);
    return {
      inc: (...args) => record(args, 1, (labels, by) => metric.inc(labels, by)),
      dec: (...args) => record(args, 1, (labels, by) => metric.dec(labels, by)),
      set: (...args) => record(args, Number.NaN, (labels, value) => metric.set(labels, value)),
    };
  };
}

export function histogram<const L extends string = never>(
  name: string,
  { buckets, ...options }: Options<L> & { readonly buckets: readonly number[] },
): Instrument<HistogramInstrument<L>> {
  const declared: DeclaredHistogram<L> = { ...declare(name, options), buckets };
  return (metrics, guard) => {
    const metric = new Histogram<string>({ ...promOf(declared), buckets: [...buckets], registers: [metrics] });
    const record = guard.of(declared, () => true);
    return { observe: (...args) => record(args, Number.NaN, (labels, value) => metric.observe(labels, value)) };
  };
}

function declare<L extends string>(
  name: string,
  { help, labels = [], limit = DEFAULT_LIMIT }: Options<L>,
): Declared<L> {
  return { name, help, labels, limit };
}

function promOf({ name, help, labels }: Declared<string>) {
  return { name, help, labelNames: [...labels] };
}

type Labels = Readonly<Record<string, string>>;
type Record_ = (args: readonly unknown[], otherwise: number, apply: (labels: Labels, value: number) => void) => void;

/**
 * Keeps a mistake in measuring from becoming one in serving: what no series can take is left out instead of thrown, and label
 * values that never end are folded into one, since each is kept in memory and in Prometheus for good.
 */
export class Guard {
  readonly #guarded: Counter<'metric' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.#guarded = new Counter({
      name: 'metric_observations_guarded_total',
      help: 'Observations that were folded into "other" or left out, by metric',
      labelNames: ['metric', 'outcome'],
      registers: [metrics],
    });
  }

  /** Records for one metric. */
  of({ name, labels, limit }: Declared<string>, isPossible: (value: number) => boolean): Record_ {
    const known = new Set<string>();
    const other = Object.fromEntries(labels.map((label) => [label, 'other']));
    const fold = (given: Labels): Labels => {
      const key = labels.length === 1 ? String(given[labels[0] ?? '']) : JSON.stringify(labels.map((l) => given[l]));
      if (known.has(key)) return given;
      if (known.size < limit) {
        known.add(key);
        return given;
      }
      this.#guarded.inc({ metric: name, outcome: 'folded' });
      return other;
    };
    return (args, otherwise, apply) => {
      const [given, value] = (labels.length === 0 ? [{}, args[0]] : args) as [Labels, number | undefined];
      const amount = value ?? otherwise;
      if (Number.isFinite(amount) && isPossible(amount)) apply(labels.length === 0 ? given : fold(given), amount);
      else this.#guarded.inc({ metric: name, outcome: 'left_out' });
    };
  }
}
