import type { Catalogue } from './catalogue';

/**
 * The state of the objects of a cluster.
 *
 * @see https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
export const KUBE_STATE_METRICS: Catalogue = {
  emitter: 'kube-state-metrics',
  gauges: {
    kube_pod_status_phase: ['Phase of a pod', 'namespace', 'pod', 'phase', 'uid'],
    kube_pod_status_ready: ['Whether a pod is ready', 'condition', 'namespace', 'pod', 'uid'],
    kube_pod_container_status_ready: ['Whether a container is ready', 'container', 'namespace', 'pod', 'uid'],
    kube_pod_container_status_waiting_reason: [
      'Why a container waits',
      'container',
      'namespace',
      'pod',
      'reason',
      'uid',
    ],
    kube_pod_container_status_last_terminated_reason: [
      'Why a container ended',
      'container',
      'namespace',
      'pod',
      'reason',
      'uid',
    ],
    kube_pod_container_resource_limits: [
      'Limit of a resource',
      'container',
      'namespace',
      'node',
      'pod',
      'resource',
      'uid',
      'unit',
    ],
    kube_pod_container_resource_requests: [
      'Request of a resource',
      'container',
      'namespace',
      'node',
      'pod',
      'resource',
      'uid',
      'unit',
    ],
    kube_deployment_spec_replicas: ['Pods a deployment should have', 'deployment', 'namespace'],
    kube_deployment_status_replicas_available: ['Pods of a deployment that are available', 'deployment', 'namespace'],
    kube_deployment_status_replicas_updated: ['Pods of a deployment that are up to date', 'deployment', 'namespace'],
    kube_horizontalpodautoscaler_spec_max_replicas: [
      'Most pods an autoscaler makes',
      'horizontalpodautoscaler',
      'namespace',
    ],
    kube_horizontalpodautoscaler_status_current_replicas: [
      'Pods an autoscaler has',
      'horizontalpodautoscaler',
      'namespace',
    ],
    kube_job_status_failed: ['Failed pods of a job', 'job_name', 'namespace', 'reason'],
    kube_job_failed: ['Whether a job has failed for good', 'condition', 'job_name', 'namespace'],
    kube_job_status_active: ['Running pods of a job', 'job_name', 'namespace'],
    kube_cronjob_status_last_successful_time: ['When a cron job last succeeded', 'cronjob', 'namespace'],
    kube_cronjob_spec_suspend: ['Whether a cron job is suspended', 'cronjob', 'namespace'],
  },
  counters: {
    kube_pod_container_status_restarts_total: ['Restarts of a container', 'container', 'namespace', 'pod', 'uid'],
  },
};

/**
 * What containers and volumes use.
 *
 * @see https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
export const CADVISOR: Catalogue = {
  emitter: 'cAdvisor',
  gauges: {
    container_memory_working_set_bytes: [
      'Memory that cannot be taken away',
      'container',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_spec_memory_limit_bytes: [
      'Limit of memory',
      'container',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    kubelet_volume_stats_available_bytes: ['Free space of a volume', 'namespace', 'node', 'persistentvolumeclaim'],
    kubelet_volume_stats_capacity_bytes: ['Size of a volume', 'namespace', 'node', 'persistentvolumeclaim'],
  },
  counters: {
    container_cpu_usage_seconds_total: [
      'CPU time',
      'container',
      'cpu',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_cpu_cfs_periods_total: [
      'Periods of the CPU limit',
      'container',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_cpu_cfs_throttled_periods_total: [
      'Periods cut short by the CPU limit',
      'container',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_oom_events_total: [
      'Kills for lack of memory',
      'container',
      'id',
      'image',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_network_receive_bytes_total: [
      'Bytes received',
      'id',
      'image',
      'interface',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_network_transmit_bytes_total: [
      'Bytes sent',
      'id',
      'image',
      'interface',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_network_receive_packets_dropped_total: [
      'Packets dropped on receipt',
      'id',
      'image',
      'interface',
      'name',
      'namespace',
      'node',
      'pod',
    ],
    container_network_transmit_packets_dropped_total: [
      'Packets dropped on sending',
      'id',
      'image',
      'interface',
      'name',
      'namespace',
      'node',
      'pod',
    ],
  },
};
