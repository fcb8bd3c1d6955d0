import type { Catalogue } from './catalogue';

/**
 * A Redis server.
 *
 * @see https://github.com/oliver006/redis_exporter
 */
export const REDIS_EXPORTER: Catalogue = {
  emitter: 'redis_exporter',
  gauges: {
    redis_up: ['Whether the server answers'],
    redis_connected_clients: ['Clients that are connected'],
    redis_memory_used_bytes: ['Memory in use'],
    redis_memory_max_bytes: ['Limit of memory'],
  },
  counters: {
    redis_evicted_keys_total: ['Keys given up for lack of memory'],
    redis_keyspace_hits_total: ['Keys found'],
    redis_keyspace_misses_total: ['Keys not found'],
    redis_rejected_connections_total: ['Connections refused for lack of room'],
  },
};
