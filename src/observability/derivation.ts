import type { Fact, IDerivation, Service } from '../service';
import type { AlertSpec } from './alerts/alert-spec';
import { factsOf } from './alerts/facts';
import { defaultObjectives, effectiveObjectives, objectiveAlerts, recordingRules } from './objectives';

/**
 * The alerts this capability brings, from what is stated.
 */
export function alertSpecs(service: Service): AlertSpec[] {
  return effectiveObjectives(service).flatMap((objective) => objectiveAlerts(service.serviceName, objective));
}

/**
 * What follows from the facts of a service: default objectives, their recording rules, alerts and runbooks.
 */
export class ObservabilityFacts implements IDerivation {
  constructor(private readonly teamNotes: (runbook: string) => string | undefined) {}

  public derive(stated: Service): Fact[] {
    return [
      ...defaultObjectives(stated),
      ...effectiveObjectives(stated).flatMap((objective) => recordingRules(stated.serviceName, objective)),
      ...factsOf(alertSpecs(stated), this.teamNotes),
    ];
  }
}
