export * from './alertmanager/receiver';
export { ExternalMetrics } from './catalogues';
export * from './collector';
export * from './error-tracking/error-tracking';
export * from './observability';
export type { RetentionOptions } from './retention';
