import { type Objective, RecordingRule } from '../../service';
import { STATED_BY } from '../stated-by';
import { WINDOWS } from './burn-rates';
import { indicatorOf } from './indicator';

/** Which requests a minimum is asked of. */
export const TRAFFIC_WINDOWS = ['1h', '1d'];

/**
 * A selector of what is recorded of an objective.
 */
export function recorded(record: string, serviceName: string, { name }: Objective): string {
  return `${record}{objective="${name}", service="${serviceName}"}`;
}

/**
 * The error ratio of an objective over all windows that alerts look at, and what is left of its budget.
 */
export function recordingRules(serviceName: string, objective: Objective): RecordingRule[] {
  const { total, bad } = indicatorOf(serviceName, objective);
  const rule = (record: string, expression: string) =>
    new RecordingRule(record, {
      expression,
      group: `objective-${objective.name}`,
      labels: { objective: objective.name, service: serviceName },
      statedBy: STATED_BY,
    });
  const window = objective.window.toString();
  const spent = (record: string) => `sum_over_time(${recorded(record, serviceName, objective)}[${window}])`;
  const errorRatio = `${spent('slo:sli_bad:rate5m')} / ${spent('slo:sli_total:rate5m')}`;
  return [
    // Where nobody asked, there is no ratio: 0 / 0 would poison every sum it is in.
    ...WINDOWS.map((w) =>
      rule(`slo:sli_error:ratio_rate${w}`, `${bad(`rate(…[${w}])`)} / (${total(`rate(…[${w}])`)} > 0)`),
    ),
    rule('slo:sli_bad:rate5m', bad('rate(…[5m])')),
    rule('slo:sli_total:rate5m', total('rate(…[5m])')),
    rule('slo:sli_bad:increase1h', bad('increase(…[1h])')),
    ...TRAFFIC_WINDOWS.map((w) => rule(`slo:sli_total:increase${w}`, total(`increase(…[${w}])`))),
    rule('slo:objective:ratio', `vector(${Number((objective.target / 100).toFixed(10))})`),
    rule('slo:error_budget:remaining', `1 - (${errorRatio}) / ${objective.errorBudget}`),
  ];
}
