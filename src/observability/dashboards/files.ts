import type { Project } from 'projen';
import { OwnedJson, OwnedYaml, type Owner } from '../../files';
import { type Metric, MetricSource, type Panel, type Service, ServiceListener } from '../../service';
import { dashboardFile } from './dashboards';

const FOLDER = 'observability/grafana';
const OWNER: Owner = { component: 'Observability', change: 'the metrics and panels of the service' };

/** There in every service, whatever it measures; alerts link to them. */
export const ALWAYS = ['Overview', 'Telemetry'];

/**
 * A file for each dashboard that has a panel, and what makes Grafana read them.
 */
export function addDashboards(project: Project, service: Service): void {
  const files = new DashboardFiles(project, service);
  for (const name of ALWAYS) {
    files.add(name);
  }
  service.subscribe(files);
  new OwnedYaml(project, `${FOLDER}/provisioning/dashboards/dashboards.yaml`, {
    owner: OWNER,
    obj: () => provider(service),
  });
}

class DashboardFiles extends ServiceListener {
  private readonly added = new Set<string>();

  constructor(
    private readonly project: Project,
    private readonly service: Service,
  ) {
    super();
  }

  public override panelStated({ dashboard }: Panel): void {
    this.add(dashboard);
  }

  public override metricStated({ source }: Metric): void {
    if (source === MetricSource.SERVICE) {
      this.add('Business');
    }
  }

  public add(name: string): void {
    if (typeof name === 'string' && !this.added.has(name)) {
      this.added.add(name);
      const path = `${FOLDER}/dashboards/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`;
      new OwnedJson(this.project, path, { owner: OWNER, obj: () => dashboardFile(this.service, name) });
    }
  }
}

function provider({ serviceName }: Service): object {
  return {
    apiVersion: 1,
    providers: [
      {
        name: serviceName,
        folder: serviceName,
        type: 'file',
        // They come from here; what is changed in Grafana would be gone with the next release.
        allowUiUpdates: false,
        disableDeletion: true,
        options: { path: '/etc/grafana/dashboards' },
      },
    ],
  };
}
