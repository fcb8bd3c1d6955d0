export { ExternalMetrics } from './catalogues';
export * from './observability';
