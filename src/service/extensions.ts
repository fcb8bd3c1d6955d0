import type { Fact } from './fact';
import type { ServiceProblem } from './problem';
import type { Service } from './service';

/**
 * A rule that spans facts, added by a capability.
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
 */
export interface IDerivation {
  /**
   * The facts that follow, such as the alerts of an objective.
   *
   * Called each time derived facts are read, so it must be quick and depend on nothing but the service.
   * It sees stated facts only, never what other derivations bring: the order of derivations cannot matter.
   *
   * @param stated the service, showing stated facts only
   */
  derive(stated: Service): Fact[];
}
