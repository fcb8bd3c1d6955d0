export { alertsFile, recordingRulesFile } from './rules';
export { alertTestsFile } from './tests';
