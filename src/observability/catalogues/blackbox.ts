import type { Catalogue } from './catalogue';

/**
 * The service as seen from outside.
 *
 * @see https://github.com/prometheus/blackbox_exporter
 */
export const BLACKBOX_EXPORTER: Catalogue = {
  emitter: 'blackbox_exporter',
  gauges: {
    probe_success: ['Whether a probe succeeded'],
    probe_duration_seconds: ['How long a probe took'],
    probe_http_status_code: ['Status a probe was answered with'],
    probe_ssl_earliest_cert_expiry: ['When the first certificate of the chain expires'],
  },
};
