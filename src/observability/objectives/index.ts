export { objectiveAlerts } from './alerts';
export { defaultObjectives, effectiveObjectives } from './defaults';
export { objectiveProblems } from './problems';
export { recorded, recordingRules } from './recording';
