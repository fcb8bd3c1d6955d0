import type { Fact } from './fact';
import type { ServiceProblem } from './problem';
import type { Service } from './service';

/**
 * A rule that spans facts, added by a capability.
 *
 * @example
 * service.addValidation({
 *   validate: ({ processes }) => processes.length > 0 ? [] : [{ place: 'processes', message: 'nothing runs', fix: 'state a process' }],
 * });
 */
export interface IServiceValidation {
  /**
   * Says what contradicts the rule.
   *
   * Called once all facts are stated, before any file is written.
   *
   * @param service the service, with all its facts
   * @returns the problems found, or an empty list
   */
  validate(service: Service): ServiceProblem[];
}

/**
 * Facts that follow from other facts.
 *
 * @example
 * service.addDerivation({ derive: (stated) => stated.objectives.flatMap((objective) => alertsOf(objective)) });
 */
export interface IDerivation {
  /**
   * The facts that follow, such as the alerts of an objective.
   *
   * Called whenever derived facts are read after another fact was stated, so it must be quick and depend on nothing
   * but the service. It sees stated facts only, never what other derivations bring: the order of derivations cannot
   * matter. It returns its facts and states none.
   *
   * @param stated the service, showing stated facts only
   */
  derive(stated: Service): Fact[];
}
