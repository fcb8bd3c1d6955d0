import { type Alert, Guide, GuideKind, type Objective, type Service } from '../service';
import { type CollectorChoices, collectorSecrets } from './collector/options';
import { STATED_BY } from './stated-by';

/** What the service promises, who is told when, and where to look. */
export function observabilityGuide(collector: CollectorChoices): Guide {
  return new Guide('observability', {
    kind: GuideKind.CAPABILITY,
    title: 'Objectives, alerts and dashboards',
    summary: 'What is promised, when somebody is told, and where to look',
    statedBy: STATED_BY,
    text: { render: (service) => render(service, collector) },
  });
}

function render(service: Service, collector: CollectorChoices): string {
  const { objectives, alerts } = service;
  return [
    'Everything here follows from `.projenrc.ts`: a query that names a metric or a label that nobody declares does not synthesize.',
    ...(objectives.length === 0
      ? []
      : [
          `## Objectives\n\n| objective | promise | target | over |\n| --- | --- | --- | --- |\n${objectives.map(objectiveRow).join('\n')}`,
        ]),
    `## Alerts\n\nA page is for a person, now; a ticket for one in working hours. In environments that are not production, nothing pages.\n\n| alert | asks for | when | runbook |\n| --- | --- | --- | --- |\n${alerts.map(alertRow).join('\n')}`,
    signals(collector),
    '## Verbs\n\n| task | does |\n| --- | --- |\n| `observe:up`, `observe:down` | Prometheus, Alertmanager, Grafana on http://localhost:3001, Loki, Tempo and a collector on this machine |\n| `observe:check [environment]` | rules, their tests, routes, and whether the app has the routes of objectives; what the environment lacks before its alerts reach anybody |',
  ].join('\n\n');
}

function objectiveRow({ name, description, target, window, route }: Objective): string {
  return `| \`${name}\` | ${description}${route === undefined ? '' : ` (\`${route}\`)`} | ${target} % | ${window} |`;
}

function alertRow({ name, severity, summary, runbook }: Alert): string {
  const text = summary.replace(/^[a-z0-9-]+: /, '').replace(/\{\{ \$labels\.(\w+) \}\}/g, '*$1*');
  return `| \`${name}\` | ${severity} | ${text} | [${runbook}](runbooks/${runbook}.md) |`;
}

/** Where each signal ends up, and for how long. */
function signals(choices: CollectorChoices): string {
  const { retention, traces, logs, tailSampling } = choices;
  const names = (destinations: CollectorChoices['logs']) => destinations.map(({ name }) => name).join(', ');
  const rows = [
    `| metrics | Prometheus, which asks for them | ${retention.metrics} |`,
    `| traces | ${names(traces)}, through the collector | ${retention.traces} |`,
    `| logs | ${names(logs)}, through a collector on each node | ${retention.logs} |`,
  ];
  const secrets = collectorSecrets(choices);
  return [
    `## Where signals go\n\n| signal | goes to | is kept for |\n| --- | --- | --- |\n${rows.join('\n')}`,
    'What stores here and CloudWatch keep follows from `.projenrc.ts`; tell other stores the same.',
    ...(tailSampling === undefined
      ? []
      : [
          `Of all traces, those with an error or longer than ${tailSampling.slowerThan} are kept, and ${tailSampling.ratio * 100} % of the rest. The collector decides ${tailSampling.decisionWait} after the first span, so all spans of a trace have to reach the same one.`,
        ]),
    ...(secrets.length === 0
      ? []
      : [
          `The collector reads its credentials from files, which the service never sees:\n\n| file | holds |\n| --- | --- |\n${secrets.map(([path, holds]) => `| \`${path}\` | ${holds} |`).join('\n')}`,
        ]),
  ].join('\n\n');
}
