import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { objectiveAlerts, recordingRules } from '../../src/observability/objectives';
import { indicatorOf } from '../../src/observability/objectives/indicator';
import { AlertSeverity, Duration, Objective } from '../../src/service';
import { run } from './tools';

const scratch = mkdtempSync(join(tmpdir(), 'sloth-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const objectives = [
  new Objective('availability', { target: 99.9, description: 'Works' }),
  new Objective('checkout', {
    target: 99.5,
    route: 'POST /orders',
    latency: Duration.millis(300),
    description: 'Quick',
  }),
  new Objective('four-weeks', { target: 99, window: Duration.days(28), description: 'Works' }),
];

describe.each(objectives)('the objective $name', (objective) => {
  const theirs = sloth(objective);
  const rules = recordingRules('orders', objective);
  const alerts = objectiveAlerts('orders', objective);

  it('has its error ratio over the windows that sloth has', () => {
    const windows = (names: string[]) =>
      names.flatMap((name) => /^slo:sli_error:ratio_rate(\d+[mhd])$/.exec(name)?.[1] ?? []).sort();
    // Over the whole window ours weighs each moment by its traffic and guards against none; see slo:error_budget:remaining.
    expect(windows(rules.map(({ record }) => record))).toEqual(
      windows(theirs.records).filter((window) => window !== objective.window.toString()),
    );
  });

  it.each([AlertSeverity.PAGE, AlertSeverity.TICKET])('alerts by the windows and factors of sloth: %s', (severity) => {
    const ours = alerts.filter((alert) => alert.severity === severity).map(({ expression }) => expression);
    const found = burns(ours.join('\n'));
    expect(found).toHaveLength(4);
    expect(found).toEqual(burns(theirs.alerts[severity]!));
  });
});

/** Each window with the ratio above which it counts. */
function burns(expression: string): Array<{ window: string; ratio: number }> {
  const comparison = /ratio_rate(\d+[mhd])\{[^}]*\}\s*>\s*\(?([\d.]+) \* ([\d.]+)/g;
  return [...expression.matchAll(comparison)]
    .map(([, window, factor, budget]) => ({
      window: window!,
      ratio: Number((Number(factor) * Number(budget)).toFixed(6)),
    }))
    .sort((a, b) => a.window.localeCompare(b.window));
}

/** What sloth makes of the same objective. */
function sloth(objective: Objective) {
  const { total, bad } = indicatorOf('orders', objective);
  const [input, output] = ['spec.yaml', 'rules.yaml'].map((name) => join(scratch, `${objective.name}-${name}`));
  const spec = {
    version: 'prometheus/v1',
    service: 'orders',
    slos: [
      {
        name: objective.name,
        objective: objective.target,
        sli: { events: { error_query: bad('rate(…[{{.window}}])'), total_query: total('rate(…[{{.window}}])') } },
        alerting: {
          name: 'Burns',
          page_alert: { labels: { severity: 'page' } },
          ticket_alert: { labels: { severity: 'ticket' } },
        },
      },
    ],
  };
  writeFileSync(input!, stringify(spec));
  const period = `--default-slo-period=${objective.window}`;
  const { passed, output: said } = run(scratch, 'sloth', 'generate', period, '-i', input!, '-o', output!);
  if (!passed) {
    throw new Error(said);
  }
  type Rule = { record?: string; alert?: string; expr: string; labels: Record<string, string> };
  const rules = (parse(readFileSync(output!, 'utf8')) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(
    (group) => group.rules,
  );
  return {
    records: rules.flatMap(({ record }) => record ?? []),
    alerts: Object.fromEntries(
      rules.filter(({ alert }) => alert).map(({ labels, expr }) => [labels['severity']!, expr]),
    ),
  };
}
