import { type Fact, Metric, MetricSource } from '../service';
import { Database } from './database';

const OF_PLATFORM = { source: MetricSource.PLATFORM, statedBy: 'PrismaMigrations' };

/**
 * What the database module of the service measures; `assets/node/src/platform/database/metrics.ts` is where it does.
 */
export function databaseMetrics(database: Database): Fact[] {
  const schemaAndQueries = [
    Metric.gauge('database_migrations', {
      help: 'Migrations by state: applied, pending, or newer than this version',
      labels: ['state'],
      ...OF_PLATFORM,
    }),
    Metric.histogram('database_query_duration_seconds', {
      help: 'Time that statements took, by outcome',
      labels: ['role', 'outcome'],
      unit: 'seconds',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      ...OF_PLATFORM,
    }),
  ];
  return database === Database.SQLITE ? schemaAndQueries : [...schemaAndQueries, ...poolMetrics()];
}

/** A file has no pool. */
function poolMetrics(): Fact[] {
  return [
    Metric.gauge('database_pool_connections', {
      help: 'Connections that are open, by what they do',
      labels: ['role', 'state'],
      ...OF_PLATFORM,
    }),
    Metric.gauge('database_pool_connections_limit', {
      help: 'Most connections this process opens',
      labels: ['role'],
      ...OF_PLATFORM,
    }),
    Metric.gauge('database_pool_waiting', {
      help: 'Queries that wait for a connection',
      labels: ['role'],
      ...OF_PLATFORM,
    }),
  ];
}
