import type { Project } from 'projen';
import { OwnedYaml, type Owner } from '../../files';
import { LocalContainers, type Service } from '../../service';
import { gatewayFile } from '../collector/gateway';
import { type CollectorChoices, collectorChoices } from '../collector/options';
import { composeFile, explained, PROFILE, stackFile } from './compose';
import { prometheusFile, stackPrometheusFile } from './prometheus';
import { dataSourcesFile, lokiFile, tempoFile } from './stores';

const OWNER: Owner = { component: 'Observability', change: 'the options of observability' };

/** What the local stack runs with where the collector elsewhere sends to backends that a developer's machine does not have. */
const LOCAL = 'local.yaml';

/**
 * All that looks at the service on a developer's machine: `observe:up`.
 */
export function addLocalStack(project: Project, service: Service, choices: CollectorChoices, elsewhere: boolean): void {
  const { retention, tailSampling } = choices;
  const here = collectorChoices(service.serviceName, retention, tailSampling === undefined ? {} : { tailSampling });
  const files: Record<string, () => object> = {
    ...(elsewhere ? { [`collector/${LOCAL}`]: () => gatewayFile(here) } : {}),
    'compose.yaml': () => composeFile(service, retention, elsewhere ? LOCAL : 'collector.yaml'),
    'compose.stack.yaml': () => stackFile(service, retention),
    'grafana/provisioning/datasources/datasources.yaml': dataSourcesFile,
    'loki/loki.yaml': () => lokiFile(retention),
    'prometheus/prometheus.yaml': () => prometheusFile(service),
    'prometheus/stack.yaml': () => stackPrometheusFile(service),
    'tempo/tempo.yaml': () => tempoFile(retention),
  };
  for (const [path, obj] of Object.entries(files)) {
    new OwnedYaml(project, `observability/${path}`, { owner: OWNER, obj, annotate: explained });
  }
  service.state(
    new LocalContainers(PROFILE, {
      description: 'Prometheus, Alertmanager, Grafana, Loki, Tempo and a collector',
      files: ['observability/compose.yaml', 'observability/compose.stack.yaml'],
      network: PROFILE,
      variables: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
      statedBy: OWNER.component,
    }),
  );
  const compose = (...args: string[]) => ['docker', 'compose', '--file', 'observability/compose.yaml', ...args];
  project
    .addTask('observe:up', {
      description: 'Starts Prometheus, Alertmanager, Grafana (http://localhost:3001), Loki, Tempo and a collector',
    })
    .execArgs(compose('up', '--detach', '--wait'));
  project
    .addTask('observe:down', { description: 'Stops what observe:up has started; what it has stored is kept' })
    .execArgs(compose('down'));
}

export { developmentServer } from './development-server';
