import type { Fact, IDerivation, Service } from '../service';
import { type AlertSpec, factsOf, incidentResponse, standardAlerts } from './alerts';
import type { CollectorChoices } from './collector/options';
import { standardPanels } from './dashboards';
import { observabilityGuide } from './guide';
import { defaultObjectives, objectiveAlerts, recordingRules, soundObjectives } from './objectives';

/** The rule that each alert of this capability is there; waived, it is not. */
const ALERT = 'alert';

/**
 * The alerts this capability brings, from what is stated.
 */
export function alertSpecs(service: Service): AlertSpec[] {
  return [
    ...soundObjectives(service).flatMap((objective) => objectiveAlerts(service.serviceName, objective)),
    ...standardAlerts(service),
  ].filter(({ name }) => service.tryFindWaiver(ALERT, name) === undefined);
}

/**
 * What follows from the facts of a service: default objectives, their recording rules, alerts and runbooks.
 */
export class ObservabilityFacts implements IDerivation {
  constructor(
    private readonly teamNotes: (runbook: string) => string | undefined,
    private readonly collector: CollectorChoices,
  ) {}

  public derive(stated: Service): Fact[] {
    const panels = standardPanels(stated, soundObjectives(stated).length > 0);
    const drawn = new Set([...stated.panels, ...panels].map(({ dashboard }) => dashboard));
    // A link to a dashboard that has nothing to show would lead nowhere.
    const linked = ({ dashboard, ...spec }: AlertSpec): AlertSpec =>
      dashboard !== undefined && drawn.has(dashboard) ? { ...spec, dashboard } : spec;
    return [
      ...defaultObjectives(stated),
      ...soundObjectives(stated).flatMap((objective) => recordingRules(stated.serviceName, objective)),
      ...factsOf(alertSpecs(stated).map(linked), this.teamNotes),
      incidentResponse(),
      observabilityGuide(this.collector),
      ...panels,
    ];
  }
}
