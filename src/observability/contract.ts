import {
  type Alert,
  AlertSeverity,
  type Panel,
  type RecordingRule,
  type Service,
  type ServiceProblem,
} from '../service';
import type { AlertSpec } from './alerts/alert-spec';
import { ALWAYS, deployments, panelsOf } from './dashboards';
import { objectiveProblems } from './objectives';
import { Analysis, type Finding, SeriesIndex } from './promql';
import { EVALUATION_INTERVAL, GROUP_WAIT, LONGEST_WAY_TO_A_PAGE, SCRAPE_INTERVAL } from './timing';

/**
 * Makes sure that nothing is asked of a metric or a label that nobody declares, and that pages come in time.
 *
 * @param specs the alerts this capability derives, whose runbooks contain queries as well
 */
export function contractProblems(service: Service, specs: readonly AlertSpec[]): ServiceProblem[] {
  const index = new SeriesIndex(service);
  const objectives = service.objectives.map((objective) => ({
    objective,
    problems: objectiveProblems(service, objective),
  }));
  // What follows from an objective that cannot be measured would only repeat why.
  const flawed = new Set(
    objectives.filter(({ problems }) => problems.length > 0).map(({ objective }) => objective.name),
  );
  const isSound = (labels: Record<string, string>) => !flawed.has(labels['objective'] ?? '');
  return [
    ...objectives.flatMap(({ problems }) => problems),
    ...recordingProblems(
      service.recordingRules.filter(({ labels }) => isSound(labels)),
      index,
    ),
    ...service.alerts.filter(({ extraLabels }) => isSound(extraLabels)).flatMap((alert) => alertProblems(alert, index)),
    ...dashboardProblems(service),
    ...panelsOf(service).flatMap((panel) => panelProblems(panel, index)),
    ...at('deployments on dashboards', new Analysis(deployments(service) ?? '1', index).findings),
    ...specs
      .filter(({ labels = {} }) => isSound(labels))
      .flatMap(({ runbook }) =>
        runbook.diagnosis.flatMap(({ query }) =>
          query === undefined ? [] : at(`runbook ${runbook.name}`, new Analysis(query, index).findings),
        ),
      ),
  ];
}

/** Rules may read what other rules record, so their labels are found out step by step. */
function recordingProblems(rules: readonly RecordingRule[], index: SeriesIndex): ServiceProblem[] {
  const findings = new Map<RecordingRule, readonly Finding[]>();
  let open = rules;
  for (let before = Number.NaN; open.length !== before; ) {
    before = open.length;
    const names = new Set(open.map(({ record }) => record));
    const ready = open.filter(({ expression }) => ![...names].some((name) => expression.includes(name)));
    for (const rule of ready) {
      const analysis = new Analysis(rule.expression, index);
      findings.set(rule, analysis.findings);
      index.addRecorded({
        record: rule.record,
        labels: new Set([...(analysis.labels ?? []), ...Object.keys(rule.labels)]),
      });
    }
    open = open.filter((rule) => !ready.includes(rule));
  }
  return [
    ...open.map((rule) => ({
      place: rule.place,
      message: 'reads what it records, directly or through other rules',
      value: rule.record,
      fix: 'break the circle',
    })),
    ...rules.flatMap((rule) => at(rule.place, findings.get(rule) ?? [])),
  ];
}

function alertProblems(alert: Alert, index: SeriesIndex): ServiceProblem[] {
  const analysis = new Analysis(alert.expression, index);
  return [
    ...at(alert.place, analysis.findings),
    ...['summary', 'description'].flatMap((member) => templateProblems(alert, member as 'summary', analysis)),
    ...pageProblems(alert),
  ];
}

/** `{{ $labels.route }}` of a label that the result does not have is empty in the very text somebody is woken with. */
function templateProblems(alert: Alert, member: 'summary' | 'description', { labels }: Analysis): ServiceProblem[] {
  const named = [...(alert[member] ?? '').matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
  return named
    .filter((label) => labels?.has(label) === false)
    .map((label) => ({
      place: alert.place,
      message: `names a label in its ${member} that the expression does not keep`,
      value: label,
      fix: `keep it in the expression, or use one of those that are kept: ${[...labels!].sort().join(', ') || 'none'}`,
    }));
}

/** Whoever is told follows the link. */
function dashboardProblems(service: Service): ServiceProblem[] {
  const there = [...new Set([...ALWAYS, ...panelsOf(service).map(({ dashboard }) => dashboard)])].sort();
  return service.alerts
    .filter(({ dashboard }) => !there.includes(dashboard))
    .map(({ place, dashboard }) => ({
      place,
      message: 'links to a dashboard that has no panel',
      value: dashboard,
      fix: `use one of ${there.join(', ')}, or add a panel to it`,
    }));
}

function pageProblems({ place, severity, pending }: Alert): ServiceProblem[] {
  const others = [SCRAPE_INTERVAL, EVALUATION_INTERVAL, GROUP_WAIT.page].reduce(
    (sum, wait) => sum + wait.toSeconds(),
    0,
  );
  const seconds = others + pending.toSeconds();
  const most = LONGEST_WAY_TO_A_PAGE.toSeconds();
  return severity !== AlertSeverity.PAGE || seconds <= most
    ? []
    : [
        {
          place,
          message: `pages ${seconds} s after the failure (scrape, evaluation and group wait take ${others} s of them); a page comes within ${most} s`,
          value: pending.toString(),
          fix: `shorten pending to ${most - others} s or less, or make it a ticket`,
        },
      ];
}

function panelProblems(panel: Panel, index: SeriesIndex): ServiceProblem[] {
  return Object.entries(panel.queries).flatMap(([legend, query]) => {
    const { findings, labels } = new Analysis(query, index);
    const named = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label!);
    const nameless = named
      .filter((label) => labels?.has(label) === false)
      .map((label) => ({
        message: 'has a legend that names a label its query does not keep',
        value: label,
        fix: `keep it in the query, or use one of those that are kept: ${[...labels!].sort().join(', ') || 'none'}`,
      }));
    return at(`${panel.place}, query "${legend}"`, [...findings, ...nameless]);
  });
}

function at(place: string, findings: readonly Finding[]): ServiceProblem[] {
  return findings.map((finding) => ({ place, ...finding }));
}
