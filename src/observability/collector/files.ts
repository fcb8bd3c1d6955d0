import type { Project } from 'projen';
import { OwnedYaml, type Owner } from '../../files';
import { gatewayFile } from './gateway';
import type { CollectorChoices } from './options';
import { podLogsFile } from './pod-logs';

const OWNER: Owner = { component: 'Observability', change: 'observability.collector and observability.retention' };

/** The configurations of the collector: the one that services send to, and the one that reads what pods write. */
export function addCollector(project: Project, choices: CollectorChoices): void {
  const file = (name: string, obj: () => object) =>
    new OwnedYaml(project, `observability/collector/${name}`, { owner: OWNER, obj });
  file('collector.yaml', () => gatewayFile(choices));
  file('pod-logs.yaml', () => podLogsFile(choices));
}
