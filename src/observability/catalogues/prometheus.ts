import type { Catalogue } from './catalogue';

/** What Prometheus knows of its own doing. */
export const PROMETHEUS: Catalogue = {
  emitter: 'Prometheus',
  gauges: {
    up: ['Whether the last scrape of a target worked', 'namespace', 'pod'],
    scrape_duration_seconds: ['How long the last scrape took', 'namespace', 'pod'],
    scrape_samples_scraped: ['Samples of the last scrape', 'namespace', 'pod'],
    scrape_samples_post_metric_relabeling: ['Samples of the last scrape that count for its limit', 'namespace', 'pod'],
    scrape_series_added: ['New series of the last scrape', 'namespace', 'pod'],
    ALERTS: ['Alerts that are pending or firing', 'alertname', 'alertstate', 'severity', 'service', 'owner'],
    prometheus_notifications_queue_length: ['Notifications that wait for Alertmanager'],
    prometheus_tsdb_head_series: ['Series in memory'],
    alertmanager_alerts: ['Alerts that Alertmanager has', 'state'],
  },
  counters: {
    prometheus_rule_evaluation_failures_total: ['Rules that could not be evaluated', 'rule_group'],
    prometheus_notifications_dropped_total: ['Notifications that never reached an Alertmanager'],
    alertmanager_notifications_total: ['Notifications sent', 'integration'],
    alertmanager_notifications_failed_total: ['Notifications that failed', 'integration', 'reason'],
  },
};
