export { alertsFile, recordingRulesFile } from './rules';
export { alertTestsFile, objectiveTestsFile } from './tests';
