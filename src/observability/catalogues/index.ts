import type { Metric } from '../../service';
import { BLACKBOX_EXPORTER } from './blackbox';
import { type Catalogue, metricsOf } from './catalogue';
import { COLLECTOR } from './collector';
import { CADVISOR, KUBE_STATE_METRICS } from './kubernetes';
import { NODE_EXPORTER } from './node';
import { POSTGRES_EXPORTER } from './postgresql';
import { PROMETHEUS } from './prometheus';
import { REDIS_EXPORTER } from './redis';

/**
 * What else is measured where the service runs. Alerts and panels about it exist only where it is.
 */
export enum ExternalMetrics {
  /** Pods and containers: kube-state-metrics and cAdvisor. */
  KUBERNETES = 'kubernetes',
  /** The machines: node_exporter. */
  NODE = 'node',
  /** The service from outside, and its certificate: blackbox_exporter. */
  BLACKBOX = 'blackbox',
  /** The PostgreSQL server: postgres_exporter. */
  POSTGRESQL = 'postgresql',
  /** The Redis server: redis_exporter. */
  REDIS = 'redis',
}

const CATALOGUES: Record<string, readonly Catalogue[]> = {
  [ExternalMetrics.KUBERNETES]: [KUBE_STATE_METRICS, CADVISOR],
  [ExternalMetrics.NODE]: [NODE_EXPORTER],
  [ExternalMetrics.BLACKBOX]: [BLACKBOX_EXPORTER],
  [ExternalMetrics.POSTGRESQL]: [POSTGRES_EXPORTER],
  [ExternalMetrics.REDIS]: [REDIS_EXPORTER],
};

/**
 * What may be asked of others: of Prometheus and the collector always, of the rest as chosen.
 */
export function externalMetrics(chosen: readonly ExternalMetrics[]): Metric[] {
  return [PROMETHEUS, COLLECTOR, ...chosen.flatMap((name) => CATALOGUES[name] ?? [])].flatMap(metricsOf);
}
