export { objectiveAlerts } from './alerts';
export { defaultObjectives, effectiveObjectives, soundObjectives } from './defaults';
export { objectiveProblems } from './problems';
export { recorded, recordingRules } from './recording';
