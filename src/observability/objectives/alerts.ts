import { AlertSeverity, Duration, type Objective } from '../../service';
import type { AlertSpec, Runbook } from '../alerts/alert-spec';
import { counter } from '../alerts/samples';
import type { Scenario } from '../alerts/scenario';
import { HTTP_DURATION } from '../http-metrics';
import { own } from '../selector';
import { type BurnRate, burnRates } from './burn-rates';
import { recorded } from './recording';

/** Fewer requests than this an hour, or a day, say nothing about a share: one failure would be a percent of them. */
const LEAST_TRAFFIC = 100;

/** So many bad requests an hour are told about where there is too little traffic for shares. */
const BAD_AT_LOW_TRAFFIC = 5;

/**
 * The alerts of an objective: one that pages while the budget burns fast, one ticket while it burns slowly, one ticket
 * for failures that are too few to be a share.
 */
export function objectiveAlerts(serviceName: string, objective: Objective): AlertSpec[] {
  const rates = burnRates(objective.window, objective.errorBudget);
  const series = (record: string) => recorded(record, serviceName, objective);
  const burn = ({ long, short, factor }: BurnRate, traffic: string) =>
    [
      `${series(`slo:sli_error:ratio_rate${long}`)} > ${factor} * ${objective.errorBudget}`,
      `and ${series(`slo:sli_error:ratio_rate${short}`)} > ${factor} * ${objective.errorBudget}`,
      `and ${series(`slo:sli_total:increase${traffic}`)} >= ${LEAST_TRAFFIC}`,
    ].join('\n');
  const either = (pairs: BurnRate[], traffic: string) =>
    pairs.map((pair) => `(\n${indent(burn(pair, traffic))}\n)`).join('\nor\n');
  const common = {
    runbook: runbookOf(serviceName, objective),
    labels: { objective: objective.name },
    pending: Duration.minutes(0),
  };
  const prefix = pascal(objective.name);
  const promise = `${objective.description} (${objective.target} % over ${objective.window})`;
  const fast = rates.page.map(({ factor, long }) => `${factor} times over ${long}`).join(' or ');
  const slow = rates.ticket.map(({ factor, long }) => `${factor} times over ${long}`).join(' or ');
  const failing = scenarioSeries(serviceName, objective);
  return [
    ...(rates.page.length === 0
      ? []
      : [
          {
            ...common,
            name: `${prefix}BudgetBurnsFast`,
            severity: AlertSeverity.PAGE,
            summary: `${serviceName}: the error budget of ${objective.name} burns fast`,
            description: `So many requests are bad (${fast} the allowed rate) that the promise breaks soon: ${promise}.`,
            expression: either(rates.page, '1h'),
            scenario: failing(fastBurn(objective, rates.page)),
          },
        ]),
    ...(rates.ticket.length === 0
      ? []
      : [
          {
            ...common,
            name: `${prefix}BudgetBurnsSlowly`,
            severity: AlertSeverity.TICKET,
            summary: `${serviceName}: the error budget of ${objective.name} burns faster than it refills`,
            description: `Bad requests (${slow} the allowed rate) will break the promise before its window ends: ${promise}.`,
            expression: either(rates.ticket, '1d'),
            scenario: failing({
              perMinute: 100,
              share: 1,
              quietAt: 60,
              firesAt: 120,
              recovers: 120,
              // By then only the last six hours know of it.
              alsoFiresAt: 320,
              resolvedAt: 490,
            }),
          },
        ]),
    {
      ...common,
      name: `${prefix}FailsAtLowTraffic`,
      severity: AlertSeverity.TICKET,
      summary: `${serviceName}: requests are bad for ${objective.name}, at low traffic`,
      description: `More than ${BAD_AT_LOW_TRAFFIC} of fewer than ${LEAST_TRAFFIC} requests in the last hour were bad; too few for a share, enough to look. ${promise}.`,
      expression: [
        `${series('slo:sli_bad:increase1h')} > ${BAD_AT_LOW_TRAFFIC}`,
        `and ${series('slo:sli_total:increase1h')} < ${LEAST_TRAFFIC}`,
      ].join('\n'),
      scenario: onceEverywhere(serviceName, objective),
    },
  ];
}

/** Requests of which a share goes bad at one minute, and which are good again from another. */
interface Incident extends Pick<Scenario, 'quietAt' | 'firesAt' | 'alsoFiresAt' | 'resolvedAt'> {
  readonly perMinute: number;
  readonly share: number;
  readonly recovers: number;
}

/**
 * An incident that each pair of windows sees by itself: first only the shorter pair, and when it is over only the longer one.
 */
function fastBurn({ window, errorBudget }: Objective, pairs: readonly BurnRate[]): Incident {
  const quietAt = 360;
  // Chosen so that the shorter pair takes twenty minutes, if it is there.
  const share = Math.min(1, Math.ceil((window.toSeconds() / 60) * errorBudget) / 1000);
  const after = ({ factor, long }: BurnRate) =>
    (factor * errorBudget * (Duration.parse(long).toSeconds() / 60)) / share;
  const [first = 0, second = first + 20] = pairs.map(after).sort((a, b) => a - b);
  const recovers = quietAt + tens(second) + 60;
  return {
    perMinute: 1000,
    share,
    quietAt,
    firesAt: quietAt + tens((first + second) / 2),
    recovers,
    alsoFiresAt: recovers + 10,
    resolvedAt: recovers + 50,
  };
}

function tens(minutes: number): number {
  return Math.ceil(minutes / 10) * 10;
}

function scenarioSeries(serviceName: string, { route, latency, name }: Objective) {
  const [method, template] = route?.split(' ') ?? ['GET', '/orders'];
  const select = (suffix: string, ...more: string[]) =>
    own(`${HTTP_DURATION}_${suffix}`, serviceName, `method="${method}"`, `route=${JSON.stringify(template)}`, ...more);
  return ({ perMinute, share, recovers, ...times }: Incident): Scenario => {
    const bad = Math.round(perMinute * share);
    const [before, during, afterwards] = [times.quietAt, recovers - times.quietAt, times.resolvedAt - recovers];
    const phases = (...amounts: [number, number, number]) =>
      counter([amounts[0], before], [amounts[1], during], [amounts[2], afterwards]);
    const good = phases(perMinute, perMinute - bad, perMinute);
    const series: Record<string, string> =
      latency === undefined
        ? { [select('count', 'status="200"')]: good, [select('count', 'status="500"')]: phases(0, bad, 0) }
        : {
            [select('bucket', 'status="200"', `le="${latency.toSeconds()}"`)]: good,
            [select('count', 'status="200"')]: phases(perMinute, perMinute, perMinute),
          };
    return { series, labels: { objective: name }, ...times };
  };
}

/** Few requests, and a single bad one in each of eight processes, minutes apart: no process has seen a second. */
function onceEverywhere(serviceName: string, { route, latency, name }: Objective): Scenario {
  const [method, template] = route?.split(' ') ?? ['GET', '/orders'];
  const select = (process: number, suffix: string, ...more: string[]) =>
    own(
      `${HTTP_DURATION}_${suffix}`,
      serviceName,
      `instance="10.0.0.${process}:9464"`,
      `method="${method}"`,
      `route=${JSON.stringify(template)}`,
      ...more,
    );
  const le = `le="${latency?.toSeconds()}"`;
  const steady = counter([1, 170]);
  const series: Record<string, string> = { [select(0, 'count', 'status="200"')]: steady };
  if (latency !== undefined) {
    series[select(0, 'bucket', 'status="200"', le)] = steady;
  }
  for (let process = 1; process <= 8; process++) {
    const once = `0x${60 + process} 1x${170 - 60 - process}`;
    if (latency === undefined) {
      series[select(process, 'count', 'status="500"')] = once;
    } else {
      series[select(process, 'count', 'status="200"')] = once;
      series[select(process, 'bucket', 'status="200"', le)] = '0x170';
    }
  }
  return { series, labels: { objective: name }, quietAt: 60, firesAt: 90, resolvedAt: 160 };
}

function runbookOf(serviceName: string, objective: Objective): Runbook {
  const { name, latency, route } = objective;
  const bad = latency === undefined ? 'fail' : `take longer than ${latency}`;
  const where = route === undefined ? 'requests' : `requests to \`${route}\``;
  const share = (by: string) =>
    latency === undefined
      ? `topk(10, sum by (${by}) (rate(${own(`${HTTP_DURATION}_count`, serviceName, 'status=~"5.."')}[5m])) > 0)`
      : `topk(10, histogram_quantile(0.95, sum by (le, ${by}) (rate(${own(`${HTTP_DURATION}_bucket`, serviceName)}[5m]))) > 0)`;
  return {
    name: `objective-${name}`,
    title: `The objective ${name} is in danger`,
    meaning: `More ${where} ${bad} than the objective \`${name}\` allows: ${objective.target} % must be good over ${objective.window}.`,
    impact: `${objective.description}: for users this does not hold at the moment. What is left of the error budget decides how much risk a release may take until the window ends.`,
    diagnosis: [
      {
        question: 'How bad is it now, and for how long has it been?',
        query: recorded('slo:sli_error:ratio_rate5m', serviceName, objective),
      },
      {
        question: 'How much of the budget is left?',
        query: recorded('slo:error_budget:remaining', serviceName, objective),
      },
      { question: 'Which routes are it?', query: share('method, route') },
      { question: 'Is it one process, or all of them?', query: share('instance') },
      {
        question: 'Did it begin with a release? Compare its time with the versions that run.',
        query: own('process_start_time_seconds', serviceName),
      },
      { question: 'Does something that the service needs not answer? See the row of dependencies on the overview.' },
    ],
    mitigation: [
      'If it began with a release, roll it back first and look for the reason afterwards.',
      'If one process is it, restart that one; the others take its traffic.',
      'If a backing service is it, follow the runbook of the alert about that one.',
      'If it is more traffic than usual, add processes, then look for who asks.',
    ],
  };
}

function pascal(name: string): string {
  return name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
