import { MetricType, type Objective, type Service, type ServiceProblem } from '../../service';
import { HTTP_DURATION } from '../http-metrics';
import { burnRates } from './burn-rates';

/**
 * Why an objective cannot be measured, or could never alert.
 */
export function objectiveProblems(service: Service, objective: Objective): ServiceProblem[] {
  const duration = service.metrics.find(({ name, type }) => name === HTTP_DURATION && type === MetricType.HISTOGRAM);
  return [
    ...(duration === undefined ? [unmeasured(objective)] : latencyProblems(objective, duration.buckets ?? [])),
    ...targetProblems(objective),
  ];
}

function unmeasured({ place }: Objective): ServiceProblem {
  return {
    place,
    message: `promises something about requests, but nothing measures them: ${HTTP_DURATION} is not declared`,
    fix: 'add the component that serves HTTP, or drop the objective',
  };
}

function latencyProblems({ place, latency }: Objective, bounds: readonly number[]): ServiceProblem[] {
  if (latency === undefined || bounds.includes(latency.toSeconds())) {
    return [];
  }
  return [
    {
      place,
      message: `has a latency that is no bound of a bucket of ${HTTP_DURATION}, so requests faster than it cannot be counted`,
      value: latency.toString(),
      fix: `use one of the bounds, in seconds: ${bounds.join(', ')}`,
    },
  ];
}

function targetProblems({ place, target, window, errorBudget }: Objective): ServiceProblem[] {
  const { page } = burnRates(window, errorBudget);
  return page.length > 0 || !(target > 0 && target < 100)
    ? []
    : [
        {
          place,
          message: 'has a target so low that its budget cannot burn fast enough to page, even if every request fails',
          value: target,
          fix: 'raise the target, or lengthen the window',
        },
      ];
}
