import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Component, type Project } from 'projen';
import { OwnedJson, OwnedYaml, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import {
  Alert,
  type AlertProps,
  AlertSeverity,
  EnvironmentTier,
  type Fact,
  type HistogramProps,
  Metric,
  type MetricProps,
  Objective,
  type ObjectiveProps,
  Panel,
  type PanelProps,
  RecordingRule,
  type RecordingRuleProps,
  Service,
} from '../service';
import { typed } from '../service/option-shapes';
import {
  alertmanagerFile,
  escalationFacts,
  missingByEnvironment,
  Notifications,
  Receiver,
  type ReceiverName,
  receiverFor,
  receiverOf,
} from './alertmanager';
import { NOTES } from './alerts';
import { ExternalMetrics, externalMetrics } from './catalogues';
import { addCollector } from './collector/files';
import { type CollectorOptions, collectorChoices, collectorProblems } from './collector/options';
import { contractProblems } from './contract';
import { addDashboards } from './dashboards/files';
import { alertSpecs, ObservabilityFacts } from './derivation';
import { addErrorTracking } from './error-tracking/add-error-tracking';
import type { ErrorTracking } from './error-tracking/error-tracking';
import { addLocalStack, developmentServer } from './local-stack';
import { OPTIONS } from './option-types';
import { alertsFile, alertTestsFile, objectiveTestsFile, recordingRulesFile } from './prometheus';
import { type RetentionOptions, retentionOf, retentionProblems } from './retention';
import { addTelemetry } from './telemetry/telemetry';

/**
 * What can be chosen about observability.
 */
export interface ObservabilityOptions {
  /**
   * The share of requests that are traced where the caller has not decided, from 0 to 1.
   *
   * @default - 0.05; 1 with `collector.tailSampling`
   */
  readonly traceSampleRatio?: number;

  /**
   * The share of requests that went well whose lines are written to the log, from 0 to 1. What went wrong is always written.
   *
   * @default 1
   */
  readonly accessLogSampleRatio?: number;

  /**
   * What else is measured where the service runs. Queries may name it, and alerts about it are brought along.
   *
   * @default - pods and containers, and the service from outside
   */
  readonly externalMetrics?: ExternalMetrics[];

  /**
   * The OpenTelemetry collector: where traces and logs go, and which traces are kept.
   *
   * @default - any OTLP backend that its environment names; the local stack where it names none
   */
  readonly collector?: CollectorOptions;

  /**
   * What is told of errors besides the log, such as `ErrorTracking.sentry()`.
   *
   * @default - nothing
   */
  readonly errorTracking?: ErrorTracking;

  /**
   * How long metrics, logs and traces are kept, by whatever is configured here.
   *
   * @default - metrics for 180 days, logs for 30, traces for 7
   */
  readonly retention?: RetentionOptions;
}

/**
 * Metrics, logs, traces, objectives, alerts and dashboards that agree with each other, because each is a view of one declaration.
 *
 * @example
 * const observability = new Observability(project);
 * observability.addCounter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] });
 * observability.addObjective('checkout', { route: 'POST /orders', latency: Duration.millis(300), target: 99.5, description: 'Placing an order is quick' });
 */
export class Observability extends Component {
  /**
   * The observability of a project, if it has one.
   *
   * @param project any projen project
   */
  public static of(project: Project): Observability | undefined {
    return project.components.find((component): component is Observability => component instanceof Observability);
  }

  /** The service that is observed. */
  public readonly service: Service;

  private readonly notifications = new Notifications();
  private readonly expectsTraces: boolean;

  constructor(project: Project, given: ObservabilityOptions = {}) {
    super(project, 'Observability');
    this.service = Service.of(project);
    const options: ObservabilityOptions = typed(this.service, 'observability', OPTIONS, given);
    addTelemetry(project, options);
    if (options.errorTracking !== undefined) {
      addErrorTracking(project, options.errorTracking);
    }
    const { externalMetrics: external = [ExternalMetrics.KUBERNETES, ExternalMetrics.BLACKBOX] } = options;
    for (const metric of externalMetrics(external)) {
      this.service.state(metric);
    }
    const choices = collectorChoices(this.service.serviceName, retentionOf(options.retention), options.collector);
    this.service.addDerivation(new ObservabilityFacts((runbook) => readNotes(project, runbook), choices));
    this.service.addValidation({ validate: (service) => contractProblems(service, alertSpecs(service)) });
    this.service.addValidation({ validate: (service) => this.notifications.problems(service) });
    this.service.addValidation({
      validate: ({ objectives }) => [
        ...collectorProblems(choices, options.traceSampleRatio),
        ...retentionProblems(choices.retention, objectives),
      ],
    });
    this.addPrometheus(project);
    this.addAlertmanager(project);
    addDashboards(project, this.service);
    addCollector(project, choices);
    const { traces, logs, tailSampling } = options.collector ?? {};
    this.expectsTraces = (traces ?? tailSampling) !== undefined;
    addLocalStack(project, this.service, choices, (traces ?? logs) !== undefined);
  }

  /**
   * Declares a number that only grows; its name ends in `_total`.
   *
   * @param name lower-case words joined by underscores
   */
  public addCounter(name: string, props: MetricProps): void {
    this.declare(`addCounter(${shown(name)})`, () => Metric.counter(name, props));
  }

  /**
   * Declares a number that goes up and down.
   *
   * @param name lower-case words joined by underscores
   */
  public addGauge(name: string, props: MetricProps): void {
    this.declare(`addGauge(${shown(name)})`, () => Metric.gauge(name, props));
  }

  /**
   * Declares observations that are counted in buckets.
   *
   * @param name lower-case words joined by underscores
   */
  public addHistogram(name: string, props: HistogramProps): void {
    this.declare(`addHistogram(${shown(name)})`, () => Metric.histogram(name, props));
  }

  /**
   * Declares a promise about requests: recording rules, alerts and the panel of its error budget follow from it.
   *
   * @param name lower-case letters, digits and dashes
   */
  public addObjective(name: string, props: ObjectiveProps): void {
    this.declare(`addObjective(${shown(name)})`, () => new Objective(name, props));
  }

  /**
   * Declares a query that is evaluated ahead of the alerts and panels that use it.
   *
   * @param record the name of the series, as `level:metric:operations`
   */
  public addRecordingRule(record: string, props: RecordingRuleProps): void {
    this.declare(`addRecordingRule(${shown(record)})`, () => new RecordingRule(record, props));
  }

  /**
   * Declares something that asks a person to act.
   *
   * @param name words in capitals, such as `QueueStuck`
   */
  public addAlert(name: string, props: AlertProps): void {
    this.declare(`addAlert(${shown(name)})`, () => new Alert(name, props));
  }

  /**
   * Declares something that a person looks at.
   *
   * @param title distinct among all dashboards
   */
  public addPanel(title: string, props: PanelProps): void {
    this.declare(`addPanel(${shown(title)})`, () => new Panel(title, props));
  }

  /**
   * Tells somebody about the alerts of a severity.
   *
   * Until somebody is told about pages and tickets, `observe:check prod` fails; synthesis does not.
   *
   * @param severity page or ticket; nobody is told about the rest
   */
  public notify(severity: AlertSeverity, receiver: Receiver): void {
    const name = receiverOf(severity);
    if (name === undefined) {
      this.service.report({
        place: 'observability.notify',
        message: 'was asked to tell somebody about alerts that are there for context only',
        value: severity,
        fix: 'use AlertSeverity.PAGE or AlertSeverity.TICKET',
      });
      return;
    }
    this.tell('notify', name, receiver);
  }

  /**
   * Sends a sign of life once a minute, to something that raises the alarm when it stops: then alerting itself is down.
   */
  public sendHeartbeatTo(receiver: Receiver): void {
    this.tell('sendHeartbeatTo', 'heartbeat', receiver);
  }

  /**
   * Tells somebody else about pages that have gone on for half an hour.
   *
   * PagerDuty does this better, because it knows whether somebody has acknowledged the page: use its escalation policies where you
   * have it.
   */
  public escalateTo(receiver: Receiver): void {
    this.tell('escalateTo', 'escalation', receiver);
    for (const fact of escalationFacts(this.service.serviceName)) {
      this.service.state(fact);
    }
  }

  /** What lacks its essentials cannot even be made. */
  private declare(call: string, make: () => Fact): void {
    let fact: Fact;
    try {
      fact = make();
    } catch (error) {
      this.service.report({
        place: `observability.${call}`,
        message: `was given too little, or something of another type: ${(error as Error).message}`,
        fix: 'compare it with API.md, or run the type checker ("npx projen typecheck"), which names the member',
      });
      return;
    }
    this.service.state(fact);
  }

  private tell(call: string, name: ReceiverName, receiver: Receiver): void {
    if (!(receiver instanceof Receiver)) {
      this.service.report({
        place: `observability.${call}`,
        message: 'was given nothing that hears of alerts',
        value: receiver,
        fix: "give one, such as Receiver.pagerDuty() or Receiver.slack({ channel: '#alerts' })",
      });
      return;
    }
    this.notifications.add(name, receiver);
  }

  private addPrometheus(project: Project): void {
    const file = (path: string, obj: () => object) =>
      new OwnedYaml(project, `observability/prometheus/${path}`, { owner: RULES, obj });
    file('rules/recording.yaml', () => recordingRulesFile(this.service));
    file('rules/alerts.yaml', () => alertsFile(this.service));
    file('tests/alerts.test.yaml', () => alertTestsFile(this.service, alertSpecs(this.service)));
    file('tests/objectives.test.yaml', () => objectiveTestsFile(this.service, alertSpecs(this.service)));
  }

  private addAlertmanager(project: Project): void {
    new OwnedYaml(project, 'observability/alertmanager/alertmanager.yaml', {
      owner: ROUTES,
      obj: () => alertmanagerFile(this.service, this.notifications),
    });
    if (NodeRuntime.supports(project)) {
      NodeRuntime.of(project).installTools('observability');
      NodeRuntime.of(project).watchDevBy('tsx', 'tools/observability/dev.ts', '--');
      new OwnedJson(project, 'tools/observability/facts.json', { owner: ROUTES, obj: () => this.toolFacts() });
      const check = project.addTask('observe:check', {
        description: 'Finds what is wrong with rules, routes, receivers and objectives: observe:check [environment]',
        receiveArgs: true,
      });
      check.execArgs(['tsx', 'tools/observability/check.ts'], { receiveArgs: true });
    }
  }

  /** What the verb reads; `tools/observability/facts.ts` has its type. */
  private toolFacts(): object {
    const { service } = this;
    const [harmless] = service.environments.filter(({ tier }) => tier !== EnvironmentTier.PRODUCTION);
    const labels = service.alerts.map(
      (alert): Record<string, string> => ({ alertname: alert.name, ...alert.labelsOn(service) }),
    );
    const pages = labels.filter((each) => each['severity'] === AlertSeverity.PAGE);
    const elsewhere = harmless === undefined ? [] : pages.map((each) => ({ ...each, environment: harmless.name }));
    return {
      missing: missingByEnvironment(service, this.notifications, this.expectsTraces),
      routes: [...labels, ...elsewhere].map((each) => ({ labels: each, receiver: receiverFor(service, each) })),
      dev: developmentServer(service),
      objectives: service.objectives.flatMap(({ name, route }) => (route === undefined ? [] : [{ name, route }])),
    };
  }
}

/** A name as a message has it. */
function shown(name: unknown): string {
  return typeof name === 'string' ? `'${name}'` : String(name);
}

const ROUTES: Owner = { component: 'Observability', change: 'observability.notify(…) and the alerts of the service' };

const RULES: Owner = { component: 'Observability', change: 'the metrics, objectives and alerts of the service' };

/** What a team wrote about a runbook; its pages show it. */
function readNotes(project: Project, runbook: string): string | undefined {
  const path = join(project.outdir, NOTES, `${runbook}.md`);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
