import type { Catalogue } from './catalogue';

/**
 * The machine.
 *
 * @see https://github.com/prometheus/node_exporter
 */
export const NODE_EXPORTER: Catalogue = {
  emitter: 'node_exporter',
  gauges: {
    node_filesystem_avail_bytes: ['Free space', 'device', 'fstype', 'mountpoint'],
    node_filesystem_size_bytes: ['Size of a file system', 'device', 'fstype', 'mountpoint'],
    node_filesystem_readonly: ['Whether a file system became read-only', 'device', 'fstype', 'mountpoint'],
    node_memory_MemAvailable_bytes: ['Memory that is available'],
    node_memory_MemTotal_bytes: ['Memory'],
    node_load1: ['Processes that run or wait'],
  },
  counters: {
    node_cpu_seconds_total: ['CPU time by mode', 'cpu', 'mode'],
    node_network_receive_bytes_total: ['Bytes received', 'device'],
    node_network_transmit_bytes_total: ['Bytes sent', 'device'],
    node_network_receive_errs_total: ['Errors on receipt', 'device'],
    node_network_transmit_errs_total: ['Errors on sending', 'device'],
  },
};
