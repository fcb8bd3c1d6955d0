export { alertmanagerFile } from './configuration';
export { ESCALATION, escalationFacts } from './escalation';
export { Notifications, receiverOf } from './notifications';
export { missingByEnvironment } from './readiness';
export * from './receiver';
export { receiverFor } from './routes';
