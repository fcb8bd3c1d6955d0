import { childrenOf, firstError, type Node, parse } from '../../src/observability/promql/grammar';

/** A dashboard, as far as its rules look at it. */
export interface Dashboard {
  readonly editable: boolean;
  readonly templating: { readonly list: Variable[] };
  readonly panels: Panel[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly refresh?: number;
}

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: DataSource;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: Target[];
}

interface Target {
  readonly expr: string;
  readonly datasource: DataSource;
}

/** What a rule objects to. */
type Check = (dashboard: Dashboard, service: string) => string[];

type Kept =
  | { readonly check: Check; readonly except?: string }
  /** Why the rule is none of ours. */
  | { readonly not: string };

const OPEN = '${datasource}';

/** Those that the panels here use, by the names of Grafana's list. */
const UNITS = ['bool_yes_no', 'bytes', 'ops', 'percentunit', 'reqps', 's', 'short'];

const COUNTING = ['rate', 'irate', 'increase'];

/**
 * Grafana's dashboard-linter cannot be installed from a registry here (the Go proxy refuses a module that it requires), so each of its
 * rules is checked by these lines, on every dashboard of every golden service; what is not has a reason. A test breaks a dashboard for
 * each of them.
 *
 * @see https://github.com/grafana/dashboard-linter/blob/main/docs/index.md
 */
export const DASHBOARD_LINTER: Readonly<Record<string, Kept>> = {
  'template-datasource-rule': {
    check: ({ templating }) =>
      templating.list.some(({ name, type, query }) => [name, type, query].join() === 'datasource,datasource,prometheus')
        ? []
        : ['no variable chooses the Prometheus'],
  },
  'template-job-rule': {
    not: 'A dashboard is about one service, whose name is the job: a variable could choose another service, for which nothing here is made.',
  },
  'template-instance-rule': {
    not: 'Panels ask about the service; which process it is, is said by the legend where that is the question.',
  },
  'template-label-promql-rule': {
    check: ({ templating }) =>
      templating.list
        .filter(({ type, query }) => type === 'query' && !parses(query.replace(/^label_values\((.*),\s*\w+\)$/, '$1')))
        .map(({ name }) => `variable ${name} does not parse`),
  },
  'template-on-time-change-reload-rule': {
    check: ({ templating }) =>
      templating.list
        .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
        .map(({ name }) => `variable ${name} keeps what it knew of another time`),
  },
  'panel-datasource-rule': {
    check: ({ panels }) =>
      drawn(panels)
        .filter(({ datasource, targets = [] }) =>
          [datasource, ...targets.map((each) => each.datasource)].some((each) => each?.uid !== OPEN),
        )
        .map(nameOf),
  },
  'panel-title-description-rule': {
    check: ({ panels }) =>
      drawn(panels)
        .filter(({ title, description }) => !title || !description)
        .map(nameOf),
  },
  'panel-units-rule': {
    check: ({ panels }) =>
      drawn(panels)
        .filter(({ fieldConfig }) => !UNITS.includes(fieldConfig?.defaults.unit ?? ''))
        .map(nameOf),
  },
  'panel-no-targets-rule': {
    check: ({ panels }) =>
      drawn(panels)
        .filter(({ targets = [] }) => targets.length === 0)
        .map(nameOf),
  },
  'target-logql-rule': {
    check: ({ panels }) =>
      drawn(panels)
        .filter(({ targets = [] }) => targets.some(({ datasource }) => datasource.type !== 'prometheus'))
        .map(nameOf),
    except:
      'No panel asks Loki: links lead to the lines of the service. One that did would be found, and want this rule.',
  },
  'target-logql-auto-rule': { not: 'No panel asks Loki, which target-logql-rule makes sure of.' },
  'target-promql-rule': { check: (dashboard) => exprsOf(dashboard).filter((expr) => !parses(expr)) },
  'target-rate-interval-rule': {
    check: (dashboard) =>
      exprsOf(dashboard).filter((expr) =>
        [...expr.matchAll(/\[([^\]]+)\]/g)].some(([, range]) => range !== '$__rate_interval'),
      ),
  },
  'target-job-rule': {
    check: (dashboard, service) =>
      exprsOf(dashboard).filter((expr) =>
        nodesOf(parse(asked(expr)), 'VectorSelector')
          .map(({ from, to }) => asked(expr).slice(from, to))
          .some((selector) => !belongs(selector, service)),
      ),
    except:
      'What Kubernetes, the collector and Alertmanager measure has their job; it is chosen by the pods and deployments of the service, or is about all services.',
  },
  'target-instance-rule': {
    not: 'Sums and quantiles over all processes are what a person looks at first; a matcher of an instance would hide the others.',
  },
  'target-counter-agg-rule': {
    check: (dashboard) =>
      exprsOf(dashboard).filter((expr) =>
        nodesOf(parse(asked(expr)), 'VectorSelector').some((selector) => isBareCounter(selector, asked(expr))),
      ),
  },
  'uneditable-dashboard': {
    check: ({ editable }) => (editable ? ['what somebody changes is gone with the next release'] : []),
  },
};

/** What others emit, and rules that have the service as a label of their own. */
const OTHERS =
  /^(kube_|container_|kubelet_|otelcol_|traces_service_graph_|alertmanager_|prometheus_|slo:|ALERTS|node_|redis_|pg_|probe_)/;

function belongs(selector: string, service: string): boolean {
  return selector.includes(`job="${service}"`) || selector.includes(`service="${service}"`) || OTHERS.test(selector);
}

function isBareCounter(selector: Node, expr: string): boolean {
  const name = expr.slice(selector.from, selector.to).split('{', 1)[0]!;
  if (!name.endsWith('_total')) {
    return false;
  }
  for (let node = selector.parent; node !== null; node = node.parent) {
    if (node.name === 'FunctionCall' && COUNTING.includes(expr.slice(node.from).split('(', 1)[0]!.trim())) {
      return false;
    }
  }
  return true;
}

function nodesOf(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...childrenOf(node).flatMap((child) => nodesOf(child, name))];
}

const asked = (expr: string) => expr.replaceAll('$__rate_interval', '5m');
const parses = (expr: string) => firstError(parse(asked(expr))) === undefined;
const nameOf = ({ title = '' }: Panel) => `panel "${title}"`;
const drawn = (panels: readonly Panel[]) => panels.filter(({ type }) => type !== 'row');
const exprsOf = ({ panels }: Dashboard) => drawn(panels).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
