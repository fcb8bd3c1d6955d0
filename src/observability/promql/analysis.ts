import { nearest } from '../../service/nearest';
import type { Finding } from './finding';
import { OF_COUNTERS, OF_GAUGES, PICKING, readsRange, SCALAR, WITHOUT_LABELS } from './functions';
import { childrenOf, firstError, type Node, parse } from './grammar';
import { Behaviour, type SeriesIndex } from './series';

/** What an expression, or a part of one, evaluates to. */
interface Result {
  readonly kind: 'number' | 'text' | 'instant' | 'range';
  /** The labels its series may have; undefined where that cannot be told. */
  readonly labels?: ReadonlySet<string>;
  /** How its series move; undefined for what was computed. */
  readonly behaviour?: Behaviour;
  /** Whether counters were summed up in it: a restart of one of them can no longer be told from a fall. */
  readonly melted?: boolean;
}

const NUMBER: Result = { kind: 'number', labels: new Set() };
const TEXT: Result = { kind: 'text', labels: new Set() };
const UNKNOWN: Result = { kind: 'instant' };

/** Variables that a dashboard fills in, with something that parses in their place. */
const DASHBOARD_VARIABLES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\$(__rate_interval|__interval)|\$\{(__rate_interval|__interval)\}/g, '5m'],
  [/\$__range|\$\{__range\}/g, '1h'],
];

/**
 * Reads a PromQL expression against what is declared.
 *
 * It follows the labels through selectors, functions, aggregations and matchings, as Prometheus would,
 * and collects what cannot be right.
 */
export class Analysis {
  /** Everything that is wrong with the expression. */
  public readonly findings: Finding[] = [];

  /** The names of the series it reads. */
  public readonly reads = new Set<string>();

  /** The labels of what it evaluates to; undefined where that cannot be told. */
  public readonly labels: ReadonlySet<string> | undefined;

  private readonly text: string;

  constructor(
    expression: string,
    private readonly index: SeriesIndex,
  ) {
    this.text = DASHBOARD_VARIABLES.reduce((text, [variable, value]) => text.replace(variable, value), expression);
    const tree = parse(this.text);
    const error = firstError(tree);
    if (error !== undefined) {
      this.find(
        'does not parse as PromQL',
        this.text.slice(Math.max(0, error.from - 20), error.to + 20),
        `correct it near character ${error.from + 1}`,
      );
      return;
    }
    const result = this.read(tree.firstChild!);
    if (result.kind === 'range') {
      this.find(
        'evaluates to a stretch of time, which nothing can draw or compare',
        expression,
        'apply a function such as rate(…)',
      );
    }
    this.labels = result.labels;
  }

  private read(node: Node): Result {
    switch (node.type.name) {
      case 'NumberDurationLiteral':
        return NUMBER;
      case 'StringLiteral':
        return TEXT;
      case 'VectorSelector':
        return this.selector(node);
      case 'MatrixSelector':
        return { ...this.read(node.firstChild!), kind: 'range' };
      case 'SubqueryExpr':
        // The grammar lets the range reach over a whole operation, of which it only belongs to the last operand.
        return {
          ...this.read(node.firstChild!),
          kind: node.firstChild?.type.name === 'BinaryExpr' ? 'instant' : 'range',
        };
      case 'FunctionCall':
        return this.call(node);
      case 'AggregateExpr':
        return this.aggregation(node);
      case 'BinaryExpr':
        return this.operation(node);
      default: {
        // Parentheses, signs, offsets and "@" change nothing of what is looked at here.
        const inner = childrenOf(node).find(
          ({ type }) =>
            /Expr$|Selector$|Call$|Literal$/.test(type.name) && !/^(Offset|Duration)?DurationExpr$/.test(type.name),
        );
        return inner === undefined ? UNKNOWN : this.read(inner);
      }
    }
  }

  private selector(node: Node): Result {
    const name = node.getChild('Identifier');
    const matchers = node.getChild('LabelMatchers');
    if (name === null) {
      this.find('selects series without naming a metric', this.source(node), 'name the metric in front of the braces');
      return UNKNOWN;
    }
    const metric = this.source(name);
    const series = this.index.get(metric);
    if (series === undefined) {
      this.findings.push(this.index.unknown(metric, nearest(metric, this.index.names)));
      return UNKNOWN;
    }
    this.reads.add(metric);
    for (const matcher of matchers?.getChildren('UnquotedLabelMatcher') ?? []) {
      const label = this.source(matcher.getChild('LabelName')!);
      this.knowsLabel(label, series.labels, `selects ${metric} by`);
      const bound = Number(JSON.parse(quoted(this.source(matcher.getChild('StringLiteral')!))));
      const isExact = this.source(matcher.getChild('MatchOp')!) === '=';
      if (label === 'le' && isExact && Number.isFinite(bound) && series.bounds?.includes(bound) === false) {
        this.find(
          `selects a bucket that ${metric} does not have`,
          bound,
          `use one of its bounds: ${series.bounds.join(', ')}`,
        );
      }
    }
    return { kind: 'instant', labels: series.labels, behaviour: series.behaviour };
  }

  private call(node: Node): Result {
    const name = this.source(node.getChild('FunctionIdentifier')!);
    const args = argumentsOf(node);
    const results = args.map((arg) => this.read(arg));
    const ranged = results.find(({ kind }) => kind === 'range');
    if (readsRange(name)) {
      if (ranged === undefined) {
        this.find(
          `applies ${name}() to a moment; it reads a stretch of time`,
          this.source(node),
          'add a range, such as [5m]',
        );
        return UNKNOWN;
      }
      this.behaves(name, ranged, node);
      return { kind: 'instant', labels: name === 'absent_over_time' ? this.equalities(node) : ranged.labels };
    }
    if (ranged !== undefined) {
      this.find(`applies ${name}() to a stretch of time; it reads a moment`, this.source(node), 'drop the range');
      return UNKNOWN;
    }
    if (WITHOUT_LABELS.has(name)) {
      return { kind: SCALAR.has(name) ? 'number' : 'instant', labels: new Set() };
    }
    const vector = results.find(({ kind }) => kind === 'instant') ?? NUMBER;
    switch (name) {
      case 'absent':
        return { kind: 'instant', labels: this.equalities(node) };
      case 'histogram_quantile':
        return this.quantile(vector, node);
      case 'label_replace':
      case 'label_join':
        return {
          ...vector,
          labels: plus(vector.labels, args[1] === undefined ? [] : [JSON.parse(quoted(this.source(args[1])))]),
        };
      default:
        return { kind: 'instant', labels: vector.labels };
    }
  }

  private behaves(name: string, { behaviour, melted }: Result, node: Node): void {
    if (melted && OF_COUNTERS.has(name)) {
      this.find(
        `applies ${name}() to a sum, in which the restart of one process looks like a fall`,
        this.source(node),
        `apply ${name}() first, then sum`,
      );
    } else if (behaviour === Behaviour.GAUGE && OF_COUNTERS.has(name)) {
      this.find(
        `applies ${name}() to a gauge, which takes each fall for a restart`,
        this.source(node),
        'use delta() or deriv(), or the gauge as it is',
      );
    } else if (behaviour !== undefined && behaviour !== Behaviour.GAUGE && OF_GAUGES.has(name)) {
      this.find(
        `applies ${name}() to a counter, which falls to zero with each restart`,
        this.source(node),
        'use rate() or increase()',
      );
    }
  }

  private quantile({ kind, labels }: Result, node: Node): Result {
    if (labels !== undefined && !labels.has('le')) {
      this.find(
        'takes a quantile of what has no buckets',
        this.source(node),
        'use a series that ends in _bucket, and keep "le" in each aggregation: sum by (le) (rate(…_bucket[5m]))',
      );
      return UNKNOWN;
    }
    return { kind, labels: minus(labels, ['le']) };
  }

  private aggregation(node: Node): Result {
    const operator = this.source(node.getChild('AggregateOp')!);
    const args = argumentsOf(node).map((arg) => this.read(arg));
    const operand = args.at(-1) ?? NUMBER;
    if (operand.kind === 'range') {
      this.find(
        `aggregates a stretch of time with ${operator}`,
        this.source(node),
        'apply a function such as rate(…) first',
      );
      return UNKNOWN;
    }
    const melted = operand.melted || operand.behaviour === Behaviour.COUNTER || operand.behaviour === Behaviour.BUCKET;
    const modifier = node.getChild('AggregateModifier');
    const names = modifier === null ? [] : this.grouping(modifier);
    for (const name of names) {
      this.knowsLabel(name, operand.labels, 'aggregates over');
    }
    if (PICKING.has(operator)) {
      return operand;
    }
    const kept = modifier?.getChild('Without') ? minus(operand.labels, names) : new Set(names);
    if (operator === 'count_values') {
      const label = JSON.parse(quoted(this.source(argumentsOf(node)[0]!)));
      return { kind: 'instant', labels: plus(kept, [label]) };
    }
    return { kind: 'instant', labels: kept, melted };
  }

  private operation(node: Node): Result {
    const [leftNode, ...rest] = childrenOf(node);
    const operator = this.source(rest[0]!);
    const left = this.read(leftNode!);
    const right = this.read(rest.at(-1)!);
    if (left.kind === 'range' || right.kind === 'range') {
      this.find(
        `applies ${operator} to a stretch of time`,
        this.source(node),
        'apply a function such as rate(…) first',
      );
      return UNKNOWN;
    }
    if (left.kind === 'number' || right.kind === 'number') {
      const vector = left.kind === 'number' ? right : left;
      // A comparison leaves the series as they are.
      return /^[<>=!]/.test(operator)
        ? { ...vector }
        : { kind: vector.kind, labels: vector.labels, melted: vector.melted };
    }
    return { kind: 'instant', labels: this.matched(node, operator, left, right) };
  }

  /** The labels of two vectors that were matched with each other. */
  private matched(node: Node, operator: string, left: Result, right: Result): ReadonlySet<string> | undefined {
    const clause = node.getChild('MatchingModifierClause');
    const [names = [], extra = []] = (clause?.getChildren('GroupingLabels') ?? []).map((group) => this.labelsIn(group));
    const on = clause?.getChild('On') != null;
    for (const name of names) {
      for (const side of on ? [left, right] : []) {
        this.knowsLabel(name, side.labels, `matches ${operator} on`);
      }
      if (!on && left.labels?.has(name) === false && right.labels?.has(name) === false) {
        this.knowsLabel(name, plus(left.labels, [...right.labels]), `matches ${operator} ignoring`);
      }
    }
    const manyRight = clause?.getChild('GroupRight') != null;
    const grouped = manyRight || clause?.getChild('GroupLeft') != null;
    const [many, one] = manyRight ? [right, left] : [left, right];
    for (const name of extra) {
      this.knowsLabel(name, one.labels, 'takes over');
    }
    if (operator === 'or') {
      return left.labels === undefined || right.labels === undefined ? undefined : plus(left.labels, [...right.labels]);
    }
    if (!on) {
      this.canMatch(node, operator, minus(left.labels, names), minus(right.labels, names), grouped);
    }
    if (operator === 'and' || operator === 'unless') {
      return left.labels;
    }
    if (grouped) {
      return plus(many.labels, extra);
    }
    return on ? new Set(names) : minus(left.labels, names);
  }

  /** Series match when all labels that count are the same on both sides; a label that one side lacks is never the same. */
  private canMatch(
    node: Node,
    operator: string,
    left: ReadonlySet<string> | undefined,
    right: ReadonlySet<string> | undefined,
    grouped: boolean,
  ): void {
    if (left === undefined || right === undefined || operator === 'unless') {
      return;
    }
    const lonely = [...left]
      .filter((label) => !right.has(label))
      .concat([...right].filter((label) => !left.has(label)));
    if (lonely.length > 0) {
      const fix = grouped
        ? 'name the labels that count with on (…)'
        : 'aggregate both sides by the same labels, or say on (…) or ignoring (…)';
      this.find(
        `finds nothing: both sides of ${operator} must have the same labels, but only one has ${lonely.sort().join(', ')}`,
        this.source(node),
        fix,
      );
    }
  }

  private knowsLabel(label: string, known: ReadonlySet<string> | undefined, what: string): void {
    if (known === undefined || known.has(label)) {
      return;
    }
    const meant = nearest(label, known);
    const all = [...known].sort().join(', ') || 'none';
    this.find(
      `${what} a label that is not there`,
      label,
      meant === undefined ? `use one of the labels that are: ${all}` : `did you mean ${meant}? There are: ${all}`,
    );
  }

  private grouping(modifier: Node): string[] {
    return modifier.getChildren('GroupingLabels').flatMap((group) => this.labelsIn(group));
  }

  private labelsIn(group: Node): string[] {
    return group.getChildren('LabelName').map((label) => this.source(label));
  }

  /** What is known of series that are not there: the labels they were asked for. */
  private equalities(node: Node): ReadonlySet<string> {
    const labels = new Set<string>();
    const collect = (inner: Node): void => {
      if (inner.type.name === 'UnquotedLabelMatcher' && this.source(inner.getChild('MatchOp')!) === '=') {
        labels.add(this.source(inner.getChild('LabelName')!));
      }
      childrenOf(inner).forEach(collect);
    };
    collect(node);
    return labels;
  }

  private source({ from, to }: Node): string {
    return this.text.slice(from, to);
  }

  private find(message: string, value: unknown, fix: string): void {
    this.findings.push({ message, value, fix });
  }
}

function argumentsOf(node: Node): Node[] {
  const body = node.getChild('FunctionCallBody');
  return body === null ? [] : childrenOf(body).filter(({ type }) => !type.isError);
}

/** PromQL's strings may stand in any of three quotes. */
function quoted(literal: string): string {
  return literal.startsWith('"') ? literal : JSON.stringify(literal.slice(1, -1));
}

function plus(labels: ReadonlySet<string> | undefined, more: readonly string[]): ReadonlySet<string> | undefined {
  return labels === undefined ? undefined : new Set([...labels, ...more]);
}

function minus(labels: ReadonlySet<string> | undefined, less: readonly string[]): ReadonlySet<string> | undefined {
  return labels === undefined ? undefined : new Set([...labels].filter((label) => !less.includes(label)));
}
