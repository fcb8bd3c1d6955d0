import type { Catalogue } from './catalogue';

/**
 * The OpenTelemetry collector, of itself.
 *
 * @see https://opentelemetry.io/docs/collector/internal-telemetry/
 */
export const COLLECTOR: Catalogue = {
  emitter: 'OpenTelemetry collector',
  gauges: {
    otelcol_exporter_queue_size: ['Batches that wait to be exported', 'data_type', 'exporter'],
    otelcol_exporter_queue_capacity: ['Most batches that may wait', 'data_type', 'exporter'],
    otelcol_process_memory_rss_bytes: ['Memory of the collector'],
  },
  counters: {
    otelcol_receiver_accepted_spans_total: ['Spans taken in', 'receiver', 'transport'],
    otelcol_receiver_refused_spans_total: ['Spans refused', 'receiver', 'transport'],
    otelcol_receiver_accepted_log_records_total: ['Log records taken in', 'receiver', 'transport'],
    otelcol_exporter_sent_spans_total: ['Spans exported', 'exporter'],
    otelcol_exporter_send_failed_spans_total: ['Spans that could not be exported', 'exporter'],
    otelcol_exporter_enqueue_failed_spans_total: ['Spans dropped because the queue was full', 'exporter'],
    otelcol_exporter_sent_log_records_total: ['Log records exported', 'exporter'],
    otelcol_exporter_send_failed_log_records_total: ['Log records that could not be exported', 'exporter'],
    otelcol_exporter_enqueue_failed_log_records_total: ['Log records dropped because the queue was full', 'exporter'],
  },
};
