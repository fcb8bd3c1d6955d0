import { type Panel, PanelKind, type Service } from '../../service';

/**
 * Grafana's model of a dashboard, as far as these dashboards use it. Grafana's own SDK has types for all of it, but is
 * twenty times the size of this library.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly graphTooltip: number;
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timezone: string;
  readonly links: readonly DashboardLink[];
  readonly annotations: { readonly list: readonly object[] };
  readonly templating: { readonly list: readonly object[] };
  readonly panels: readonly object[];
}

interface DashboardLink {
  readonly title: string;
  readonly type: 'link' | 'dashboards';
  readonly url?: string;
  readonly tags?: readonly string[];
  readonly asDropdown?: boolean;
  readonly keepTime: boolean;
  readonly includeVars: boolean;
  readonly targetBlank?: boolean;
}

/** Whichever Prometheus is chosen at the top of the dashboard. */
const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The width of a dashboard, in Grafana's columns. */
const COLUMNS = 24;

/** Rows of panels of a dashboard, in order. */
export type Rows = ReadonlyMap<string, readonly Panel[]>;

/**
 * A dashboard with one row after the other, the same in each environment: which one it shows is chosen by its data source.
 *
 * @param uid what it is called in links
 */
export function dashboard(
  service: Service,
  name: string,
  uid: string,
  rows: Rows,
  deployments: string | undefined,
): Dashboard {
  return {
    uid,
    title: `${service.serviceName}: ${name}`,
    description: `Made from the declaration of the service ${service.serviceName}.`,
    tags: [service.serviceName],
    schemaVersion: 39,
    editable: false,
    // One moment is the same moment in all panels.
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: links(service),
    annotations: { list: deployments === undefined ? [] : [deployment(deployments)] },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', current: {}, hide: 0 },
      ],
    },
    panels: panels(rows),
  };
}

function links({ serviceName, docsUrl }: Service): DashboardLink[] {
  const explore = (uid: string, query: object) => {
    const panes = {
      a: {
        datasource: uid,
        queries: [{ refId: 'A', datasource: { uid }, ...query }],
        range: { from: 'now-1h', to: 'now' },
      },
    };
    return `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
  };
  const common = { keepTime: true, includeVars: true };
  return [
    { title: 'Dashboards', type: 'dashboards', tags: [serviceName], asDropdown: true, ...common },
    { title: 'Logs', type: 'link', url: explore('loki', { expr: `{service_name="${serviceName}"}` }), ...common },
    {
      title: 'Traces',
      type: 'link',
      url: explore('tempo', { queryType: 'traceql', query: `{resource.service.name="${serviceName}"}` }),
      ...common,
    },
    ...(docsUrl === undefined
      ? []
      : [
          {
            title: 'Runbooks',
            type: 'link' as const,
            url: `${docsUrl.replace(/\/+$/, '')}/runbooks`,
            targetBlank: true,
            keepTime: false,
            includeVars: false,
          },
        ]),
  ];
}

function deployment(query: string): object {
  return {
    name: 'Deployments',
    enable: true,
    iconColor: 'blue',
    datasource: DATA_SOURCE,
    expr: query,
    titleFormat: 'Version {{version}}',
    // Samples that follow each other become one mark, five minutes long.
    step: '60s',
  };
}

function panels(rows: Rows): object[] {
  let y = 0;
  let id = 0;
  return [...rows].flatMap(([title, members]) => {
    const head = {
      id: ++id,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: COLUMNS, h: 1 },
      panels: [],
    };
    const perLine = Math.min(members.length, 3);
    const placed = members.map((member, index) => {
      const gridPos = {
        x: (index % perLine) * (COLUMNS / perLine),
        y: y + Math.floor(index / perLine) * HEIGHT,
        w: COLUMNS / perLine,
        h: HEIGHT,
      };
      return panel(++id, member, gridPos);
    });
    y += Math.ceil(members.length / perLine) * HEIGHT;
    return [head, ...placed];
  });
}

const HEIGHT = 8;

function panel(id: number, { name, description, panelKind, queries, unit = 'short' }: Panel, gridPos: object): object {
  return {
    id,
    type: panelKind,
    title: name,
    ...(description === undefined ? {} : { description }),
    gridPos,
    datasource: DATA_SOURCE,
    fieldConfig: {
      defaults: {
        unit,
        ...(unit === 'short' ? {} : { min: 0 }),
        ...(panelKind === PanelKind.STAT ? {} : { custom: LINES }),
      },
      overrides: [],
    },
    options: panelKind === PanelKind.STAT ? STAT : TIME_SERIES,
    targets: Object.entries(queries).map(([legend, query], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATA_SOURCE,
      expr: query,
      legendFormat: legend,
      ...(panelKind === PanelKind.STAT ? { instant: true } : { range: true, exemplar: query.includes('_bucket') }),
    })),
  };
}

// A single failure is one point, which no line leads to.
const LINES = { lineWidth: 1, fillOpacity: 10, showPoints: 'auto' };
const TIME_SERIES = { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
const STAT = {
  colorMode: 'value',
  graphMode: 'none',
  reduceOptions: { calcs: ['lastNotNull'] },
  textMode: 'value_and_name',
};
