import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * How a panel shows what it measures.
 */
export enum PanelKind {
  /** Lines over time. */
  TIME_SERIES = 'timeseries',
  /** The latest numbers, large. */
  STAT = 'stat',
}

/**
 * What there is to say about a panel.
 */
export interface PanelProps extends FactProps {
  /**
   * The dashboard it stands on.
   *
   * @default "Overview"
   */
  readonly dashboard?: string;

  /**
   * The row of the dashboard it stands in.
   */
  readonly row: string;

  /**
   * The PromQL queries it draws, each with the legend it is drawn under. A range may be `$__rate_interval`, which follows the zoom.
   */
  readonly queries: Record<string, string>;

  /**
   * The unit of its axis, in the words of the dashboard tool, such as `s` or `reqps`.
   *
   * @default - plain numbers
   */
  readonly unit?: string;

  /**
   * What a person should read from it.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * How it shows what it measures.
   *
   * @default PanelKind.TIME_SERIES
   */
  readonly kind?: PanelKind;
}

/**
 * What a dashboard is called in links: the same in every environment and after each synthesis.
 *
 * @internal
 */
export function dashboardId(serviceName: string, dashboard: string): string {
  return `${serviceName}-${dashboard.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 40);
}

/**
 * Something a person looks at.
 *
 * @example
 * service.state(new Panel('Orders placed', {
 *   row: 'Business',
 *   queries: { '{{channel}}': 'sum by (channel) (rate(orders_placed_total[5m]))' },
 * }));
 */
export class Panel extends Fact {
  /** The dashboard it stands on. */
  public readonly dashboard: string;
  /** The row it stands in. */
  public readonly row: string;
  /** The queries by legend. */
  public readonly queries: Record<string, string>;
  /** The unit of its axis. */
  public readonly unit?: string;
  /** What a person should read from it. */
  public readonly description?: string;
  /** How it shows what it measures. */
  public readonly panelKind: PanelKind;

  /**
   * @param name its title, distinct among all dashboards
   */
  constructor(name: string, props: PanelProps) {
    super(FactKind.PANEL, name, props);
    this.dashboard = props.dashboard ?? 'Overview';
    this.row = props.row;
    this.queries = props.queries;
    this.unit = props.unit;
    this.description = props.description;
    this.panelKind = props.kind ?? PanelKind.TIME_SERIES;
  }

  public problems(_service: Service): ServiceProblem[] {
    const queries = typeof this.queries === 'object' && this.queries !== null ? Object.values(this.queries) : [];
    return [
      ...(Object.values(PanelKind).includes(this.panelKind)
        ? []
        : [
            {
              place: this.place,
              message: 'is drawn in a way that is not known',
              value: this.panelKind,
              fix: 'use a member of PanelKind, or drop kind',
            },
          ]),
      ...textProblems(
        this,
        { title: this.name, dashboard: this.dashboard, row: this.row },
        { description: this.description },
      ),
      ...(queries.length > 0 && queries.every((query) => typeof query === 'string' && query.trim() !== '')
        ? []
        : [
            {
              place: this.place,
              message: 'draws nothing',
              fix: "give at least one query by its legend, such as { '{{channel}}': 'sum by (channel) (…)' }",
            },
          ]),
    ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.panelStated(this);
  }
}
