import { Duration, Objective, ProcessKind, type Service } from '../../service';
import { HTTP_IN_FLIGHT } from '../http-metrics';
import { STATED_BY } from '../stated-by';

/**
 * What every service promises until it promises something else under the same names.
 */
export function defaultObjectives(service: Service): Objective[] {
  const answers = service.processes.some(({ processKind }) => processKind === ProcessKind.WEB);
  const measures = service.metrics.some(({ name }) => name === HTTP_IN_FLIGHT);
  return answers && measures
    ? [
        new Objective('availability', {
          description: 'Requests are answered without a server error',
          target: 99.9,
          statedBy: STATED_BY,
        }),
        new Objective('latency', {
          description: 'Requests are answered within 500 ms',
          latency: Duration.millis(500),
          target: 99,
          statedBy: STATED_BY,
        }),
      ]
    : [];
}

/**
 * The objectives that hold: those stated, and the default ones whose names are free.
 */
export function effectiveObjectives(service: Service): Objective[] {
  const stated = service.objectives;
  const names = new Set(stated.map(({ name }) => name));
  return [...stated, ...defaultObjectives(service).filter(({ name }) => !names.has(name))];
}

/**
 * Those of them that can be kept. Nothing follows from one that is wrong by itself: its rules and alerts would only repeat why.
 */
export function soundObjectives(service: Service): Objective[] {
  return effectiveObjectives(service).filter((objective) => {
    try {
      return objective.problems(service).length === 0;
    } catch {
      return false;
    }
  });
}
