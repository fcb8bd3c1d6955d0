import type { Service } from '../../service';
import type { AlertSpec } from './alert-spec';
import { databaseAlerts } from './database';
import { dependencyAlerts } from './dependencies';
import { httpAlerts } from './http';
import { kubernetesAlerts } from './kubernetes';
import { pipelineAlerts } from './pipeline';
import { processAlerts } from './process';
import { secretAlerts } from './secrets';
import { Subject } from './subject';
import { surroundingAlerts } from './surroundings';

/**
 * The alerts that follow from what is measured.
 */
export function standardAlerts(service: Service): AlertSpec[] {
  const subject = new Subject(service);
  return [
    ...(service.processes.some(({ isLongRunning }) => isLongRunning) ? processAlerts(subject) : []),
    ...httpAlerts(subject),
    ...databaseAlerts(subject),
    ...dependencyAlerts(subject),
    ...secretAlerts(subject),
    ...kubernetesAlerts(subject),
    ...surroundingAlerts(subject),
    ...pipelineAlerts(subject),
  ];
}

export type { AlertSpec } from './alert-spec';
export { factsOf } from './facts';
export { incidentResponse } from './incident-response';
export { NOTES } from './runbook';
