import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from '../metrics/metrics.js';

/** The values of labels that have been named; those of other labels may be anything. */
type Values<L extends string> = Readonly<Partial<Record<L, readonly string[]>>>;

interface Declared<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** The label sets that are there from the start; where there are some, there are no others. */
  readonly sets: readonly Labels[];
  /** The values of labels that have no others. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
  /** Label sets a process keeps apart; those that come later are counted as `other`. */
  readonly limit: number;
}

interface Options<L extends string, V> {
  readonly help: string;
  readonly labels?: readonly L[];
  /** All values of each label: then no other compiles, and each set of them is there, at zero, before it is first used. */
  readonly values?: V;
  readonly limit?: number;
}

/** Nothing for a metric without labels; else a value for each, before the amount. */
type Labelled<L extends string, V, Rest extends unknown[]> = [L] extends [never]
  ? Rest
  : [labels: { readonly [K in L]: K extends keyof V ? ValueOf<V[K]> : string }, ...Rest];

type ValueOf<Named> = Named extends readonly (infer One)[] ? One : string;

export interface CounterInstrument<L extends string, V = unknown> {
  /** Adds 1, or as much as is said. */
  inc(...args: Labelled<L, V, [by?: number]>): void;
}

export interface GaugeInstrument<L extends string, V = unknown> extends CounterInstrument<L, V> {
  dec(...args: Labelled<L, V, [by?: number]>): void;
  set(...args: Labelled<L, V, [value: number]>): void;
}

export interface HistogramInstrument<L extends string, V = unknown> {
  observe(...args: Labelled<L, V, [value: number]>): void;
}

/** A metric the service declares, until there is a process that measures it. */
export type Instrument<I> = (metrics: Metrics, guard: Guard) => I;

export type Instruments<D> = { readonly [K in keyof D]: D[K] extends Instrument<infer I> ? I : never };

const DEFAULT_LIMIT = 500;

export function counter<const L extends string = never, const V extends Values<L> = Values<L>>(
  name: string,
  options: Options<L, V>,
): Instrument<CounterInstrument<L, V>> {
  const declared = declare(name, options);
  return (metrics, guard) => {
    const metric = new Counter<string>({ ...promOf(declared), registers: [metrics] });
    for (const labels of declared.sets) metric.inc(labels, 0);
    const record = guard.of(declared, (value) => value >= 0);
    return { inc: (...args) => record(args, 1, (labels, by) => metric.inc(labels, by)) };
  };
}

/** Of a gauge no set is there from the start: what nobody has measured is not zero. */
export function gauge<const L extends string = never, const V extends Values<L> = Values<L>>(
  name: string,
  options: Options<L, V>,
): Instrument<GaugeInstrument<L, V>> {
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

export function histogram<const L extends string = never, const V extends Values<L> = Values<L>>(
  name: string,
  { buckets, ...options }: Options<L, V> & { readonly buckets: readonly number[] },
): Instrument<HistogramInstrument<L, V>> {
  const declared = declare(name, options);
  return (metrics, guard) => {
    const metric = new Histogram<string>({ ...promOf(declared), buckets: [...buckets], registers: [metrics] });
    for (const labels of declared.sets) metric.zero(labels);
    const record = guard.of(declared, () => true);
    return { observe: (...args) => record(args, Number.NaN, (labels, value) => metric.observe(labels, value)) };
  };
}

function declare<L extends string, V extends Values<L>>(
  name: string,
  { help, labels = [], values, limit = DEFAULT_LIMIT }: Options<L, V>,
): Declared<L> {
  const all: Readonly<Record<string, readonly string[] | undefined>> = values ?? {};
  const named = new Map(labels.flatMap((label) => (all[label] ? [[label, new Set(all[label])] as const] : [])));
  return { name, help, labels, sets: values === undefined ? [] : setsOf(labels, values), named, limit };
}

/** Every combination of the values of labels; none where one of them may have any. */
function setsOf(labels: readonly string[], values: Readonly<Record<string, readonly string[] | undefined>>): Labels[] {
  return labels.reduce<Labels[]>(
    (sets, label) => sets.flatMap((set) => (values[label] ?? []).map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
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
  of({ name, labels, sets, named, limit }: Declared<string>, isPossible: (value: number) => boolean): Record_ {
    for (const outcome of ['folded', 'left_out']) this.#guarded.inc({ metric: name, outcome }, 0);
    const keyOf = (values: readonly unknown[]): string =>
      values.length <= 1 ? String(values[0]) : JSON.stringify(values.map(String));
    const setOf = (value: (label: string) => string): Labels =>
      Object.fromEntries(labels.map((label) => [label, value(label)]));
    const known = new Map(sets.map((set) => [keyOf(labels.map((label) => set[label])), set]));
    const most = sets.length > 0 ? sets.length : limit;
    const other = setOf(() => 'other');
    /** The set to count under, of declared labels only; none where one is missing. */
    const fold = (given: Labels | undefined): Labels | undefined => {
      const values = labels.map((label) => given?.[label] ?? undefined);
      if (values.includes(undefined)) return undefined;
      const key = keyOf(values);
      let set = known.get(key);
      if (!set && known.size < most && labels.every((label, i) => named.get(label)?.has(String(values[i])) ?? true)) {
        set = setOf((label) => String(given?.[label]));
        known.set(key, set);
      }
      if (!set) this.#guarded.inc({ metric: name, outcome: 'folded' });
      return set ?? other;
    };
    return (args, otherwise, apply) => {
      const [given, value] = (labels.length === 0 ? [undefined, args[0]] : args) as [Labels?, number?];
      const amount = value ?? otherwise;
      const set = Number.isFinite(amount) && isPossible(amount) ? fold(given) : undefined;
      if (set) apply(set, amount);
      else this.#guarded.inc({ metric: name, outcome: 'left_out' });
    };
  }
}
