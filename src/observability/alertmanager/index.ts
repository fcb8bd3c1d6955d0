export { alertmanagerFile } from './configuration';
export { ESCALATION, escalationFacts } from './escalation';
export { Notifications, type ReceiverName, receiverOf } from './notifications';
export { missingByEnvironment } from './readiness';
export * from './receiver';
export { receiverFor } from './routes';
