import type { AlertTest } from './alert-test';
import { Fact, FactKind, type FactProps } from './fact';
import { GuideKind } from './guide';
import { dashboardId } from './panel';
import type { ServiceProblem } from './problem';
import { durationProblems, textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';
import { Duration } from './values/duration';

/**
 * What an alert asks for.
 */
export enum AlertSeverity {
  /** A person, now. */
  PAGE = 'page',
  /** A person, in working hours. */
  TICKET = 'ticket',
  /** Nobody; it is there for context. */
  INFO = 'info',
}

/**
 * What there is to say about an alert.
 */
export interface AlertProps extends FactProps {
  /**
   * What is the matter, as one sentence for the person who is asked to act.
   */
  readonly summary: string;

  /**
   * What follows from it and whom it affects, for the person who is asked to act.
   *
   * @default - the summary says it all
   */
  readonly description?: string;

  /**
   * The PromQL expression that is true while it is the matter.
   */
  readonly expression: string;

  /**
   * What it asks for.
   */
  readonly severity: AlertSeverity;

  /**
   * The name of the runbook guide that says what to do.
   */
  readonly runbook: string;

  /**
   * How long the expression must be true first.
   *
   * @default Duration.minutes(5)
   */
  readonly pending?: Duration;

  /**
   * The dashboard to look at.
   *
   * @default "Overview"
   */
  readonly dashboard?: string;

  /**
   * Labels beside severity, service and owner, for routes and inhibition.
   *
   * @default - none
   */
  readonly labels?: Record<string, string>;

  /**
   * Series that make it fire, which `observe:check` tries. Without one, all that is tried is that it is silent without data.
   *
   * @default - none
   */
  readonly test?: AlertTest;
}

/**
 * Something that asks a person to act, with a page that says how.
 *
 * @example
 * service.state(new Alert('QueueStuck', {
 *   summary: 'No mail has left for ten minutes',
 *   expression: 'rate(mails_sent_total[10m]) == 0',
 *   severity: AlertSeverity.TICKET,
 *   runbook: 'queue-stuck',
 * }));
 */
export class Alert extends Fact {
  /** What is the matter. */
  public readonly summary: string;
  /** What follows from it. */
  public readonly description?: string;
  /** The PromQL expression. */
  public readonly expression: string;
  /** What it asks for. */
  public readonly severity: AlertSeverity;
  /** The name of the runbook guide. */
  public readonly runbook: string;
  /** How long the expression must be true first. */
  public readonly pending: Duration;
  /** The dashboard to look at. */
  public readonly dashboard: string;
  /** Labels beside severity, service and owner. */
  public readonly extraLabels: Record<string, string>;
  /** Series that make it fire. */
  public readonly test?: AlertTest;

  /**
   * @param name in PascalCase, as is usual for alerts
   */
  constructor(name: string, props: AlertProps) {
    super(FactKind.ALERT, name, props);
    this.summary = props.summary;
    this.description = props.description;
    this.expression = props.expression;
    this.severity = props.severity;
    this.runbook = props.runbook;
    this.pending = props.pending ?? Duration.minutes(5);
    this.dashboard = props.dashboard ?? 'Overview';
    this.extraLabels = props.labels ?? {};
    this.test = props.test;
  }

  /**
   * The labels it carries: what it asks for, of which service, whose owner is to act.
   *
   * @param service the service it was stated on
   */
  public labelsOn(service: Service): Record<string, string> {
    return {
      severity: this.severity,
      service: service.serviceName,
      ...(service.owner === undefined ? {} : { owner: service.owner }),
      ...this.extraLabels,
    };
  }

  /**
   * What it tells the person who is asked to act, with links to the page that says how and to the dashboard.
   *
   * @param service the service it was stated on
   */
  public annotationsOn(service: Service): Record<string, string> {
    return {
      summary: this.summary,
      description: this.description ?? this.summary,
      runbook_url: `${base(service.docsUrl ?? 'docs')}/runbooks/${this.runbook}.md`,
      dashboard_url: `${base(service.dashboardsUrl ?? '')}/d/${dashboardId(service.serviceName, this.dashboard)}`,
    };
  }

  public problems(service: Service): ServiceProblem[] {
    const problems = [
      ...textProblems(this, { summary: this.summary }, { description: this.description }),
      ...durationProblems(this, { pending: this.pending }),
      ...this.labelProblems(),
      ...this.testProblems(),
    ];
    if (!Object.values(AlertSeverity).includes(this.severity)) {
      problems.push({
        place: this.place,
        message: 'asks for something that nobody routes',
        value: this.severity,
        fix: 'use AlertSeverity.PAGE, AlertSeverity.TICKET or AlertSeverity.INFO',
      });
    }
    if (typeof this.expression !== 'string' || this.expression.trim() === '') {
      problems.push({
        place: this.place,
        message: 'has no expression, so it would never fire',
        fix: 'give the PromQL that is true while it is the matter',
      });
    }
    if (!/^[A-Z][A-Za-z0-9]*$/.test(this.name)) {
      problems.push({
        place: this.place,
        message: 'an alert is named in PascalCase',
        value: this.name,
        fix: 'rename it, for example to "QueueStuck"',
      });
    }
    if (this.runbook === undefined) {
      problems.push({
        place: this.place,
        message: 'has no runbook: whoever is told would have nothing to read',
        fix: 'name one as runbook, and state a guide of kind runbook under that name',
      });
    } else if (
      !service.guides.some(({ name, guideKind }) => name === this.runbook && guideKind === GuideKind.RUNBOOK)
    ) {
      problems.push({
        place: this.place,
        message: 'names a runbook that nobody states: whoever is paged would have nothing to read',
        value: this.runbook,
        fix: `state a guide "${this.runbook}" of kind runbook`,
      });
    }
    return problems;
  }

  private labelProblems(): ServiceProblem[] {
    return Object.entries(this.extraLabels).flatMap(([label, value]) => {
      const message = OWN_LABELS.includes(label)
        ? 'has a label that it gets by itself'
        : !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)
          ? 'has a label that Prometheus cannot take'
          : typeof value !== 'string'
            ? `has a label ${label} that is no text`
            : undefined;
      return message === undefined
        ? []
        : [
            {
              place: this.place,
              message,
              value: label,
              fix: "write labels as { team: 'shop' }, and name them otherwise",
            },
          ];
    });
  }

  private testProblems(): ServiceProblem[] {
    const { series, firesAt, alsoFiresAt, quietAt, resolvedAt } = this.test ?? {};
    const isWritten = typeof series === 'object' && Object.values(series).every((values) => typeof values === 'string');
    return this.test === undefined
      ? []
      : [
          ...(isWritten
            ? []
            : [
                {
                  place: this.place,
                  message: 'has a test without series',
                  value: series,
                  fix: "write them by name, such as { 'queue_size{job=\"orders\"}': '0x20 500x30' }",
                },
              ]),
          ...(firesAt === undefined
            ? [
                {
                  place: this.place,
                  message: 'has a test that does not say when it fires',
                  fix: 'give firesAt, such as Duration.minutes(45)',
                },
              ]
            : durationProblems(this, { 'test.firesAt': firesAt })),
          ...durationProblems(this, {
            'test.alsoFiresAt': alsoFiresAt,
            'test.quietAt': quietAt,
            'test.resolvedAt': resolvedAt,
          }),
        ];
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.alertStated(this);
  }
}

/** What every alert carries, whatever its labels say. Whose it is they may say: what services share has another owner. */
const OWN_LABELS = ['alertname', 'severity'];

function base(url: string): string {
  return url.replace(/\/+$/, '');
}
