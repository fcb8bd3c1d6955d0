import type { Service } from '../../service';
import { EVALUATION_INTERVAL, SCRAPE_INTERVAL } from '../timing';

/** What the local Prometheus asks, and where it reads rules. Elsewhere, scraping is up to the platform; `job` is always the service. */
export function prometheusFile(service: Service): object {
  return configuration(service, [`host.docker.internal:${managementPortOf(service)}`]);
}

/** The same where the processes are containers beside it. */
export function stackPrometheusFile(service: Service): object {
  const longRunning = service.processes.filter(({ isLongRunning }) => isLongRunning);
  const environment = service.environments[0]?.name ?? 'dev';
  return configuration(
    service,
    longRunning.map(({ name, managementPortVariable = 'MANAGEMENT_PORT' }) => {
      return `${name}:${portOf(service, managementPortVariable, environment)}`;
    }),
  );
}

/** The port that a process on this machine is measured on. */
export function managementPortOf(service: Service): unknown {
  return portOf(service, 'MANAGEMENT_PORT', 'dev');
}

function portOf(service: Service, variable: string, environment: string): unknown {
  return service.tryFindConfigVariable(variable)?.valueIn(environment) ?? 9464;
}

function configuration({ serviceName }: Service, targets: string[]): object {
  return {
    global: {
      scrape_interval: SCRAPE_INTERVAL.toString(),
      evaluation_interval: EVALUATION_INTERVAL.toString(),
      external_labels: { environment: 'dev' },
    },
    rule_files: ['rules/*.yaml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
    scrape_configs: [
      job(serviceName, ...targets),
      job('otel-collector', 'otel-collector:8888'),
      job('service-graph', 'otel-collector:8889'),
      job('prometheus', 'localhost:9090'),
      job('alertmanager', 'alertmanager:9093'),
    ],
  };
}

function job(name: string, ...targets: string[]): object {
  return { job_name: name, static_configs: [{ targets }] };
}
