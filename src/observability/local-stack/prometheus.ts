import type { Service } from '../../service';
import { EVALUATION_INTERVAL, SCRAPE_INTERVAL } from '../timing';

/** What the local Prometheus asks, and where it reads rules. Elsewhere, scraping is up to the platform; `job` is always the service. */
export function prometheusFile({ serviceName, configVariables }: Service): object {
  const port = configVariables.find(({ name }) => name === 'MANAGEMENT_PORT')?.defaultValue ?? 9464;
  return {
    global: {
      scrape_interval: SCRAPE_INTERVAL.toString(),
      evaluation_interval: EVALUATION_INTERVAL.toString(),
      external_labels: { environment: 'dev' },
    },
    rule_files: ['rules/*.yaml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
    scrape_configs: [
      job(serviceName, `host.docker.internal:${port}`),
      job('otel-collector', 'otel-collector:8888'),
      job('service-graph', 'otel-collector:8889'),
      job('prometheus', 'localhost:9090'),
      job('alertmanager', 'alertmanager:9093'),
    ],
  };
}

function job(name: string, target: string): object {
  return { job_name: name, static_configs: [{ targets: [target] }] };
}
