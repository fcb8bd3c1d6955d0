/** What the collector passes on. Metrics are not among it: Prometheus fetches them from the service. */
export type Signal = 'traces' | 'logs';
