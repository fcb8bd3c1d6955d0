import type { Catalogue } from './catalogue';

/**
 * A PostgreSQL server.
 *
 * @see https://github.com/prometheus-community/postgres_exporter
 */
export const POSTGRES_EXPORTER: Catalogue = {
  emitter: 'postgres_exporter',
  gauges: {
    pg_up: ['Whether the server answers'],
    pg_settings_max_connections: ['Most connections the server takes', 'server'],
    pg_stat_activity_count: [
      'Connections by state',
      'application_name',
      'backend_type',
      'datname',
      'server',
      'state',
      'usename',
      'wait_event',
      'wait_event_type',
    ],
    pg_stat_activity_max_tx_duration: [
      'Age of the oldest transaction',
      'application_name',
      'backend_type',
      'datname',
      'server',
      'state',
      'usename',
      'wait_event',
      'wait_event_type',
    ],
    pg_database_size_bytes: ['Size of a database', 'datname'],
    pg_locks_count: ['Locks by mode', 'datname', 'mode'],
    pg_replication_lag_seconds: ['How far a replica is behind'],
  },
  counters: {
    pg_stat_database_deadlocks: ['Deadlocks', 'datid', 'datname'],
    pg_stat_database_blks_hit: ['Blocks found in memory', 'datid', 'datname'],
    pg_stat_database_blks_read: ['Blocks read from disk', 'datid', 'datname'],
    pg_stat_database_xact_commit: ['Transactions committed', 'datid', 'datname'],
    pg_stat_database_xact_rollback: ['Transactions rolled back', 'datid', 'datname'],
  },
};
