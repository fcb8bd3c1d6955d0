export * from './alertmanager/receiver';
export { ExternalMetrics } from './catalogues';
export * from './observability';
