import { dashboardId, type Panel, type Service } from '../../service';
import { own } from '../selector';
import { dashboard, type Rows } from './dashboard';
import { standardPanels } from './panels';

/** A dashboard as Grafana reads it. */
export function dashboardFile(service: Service, name: string): object {
  return dashboard(service, name, dashboardId(service.serviceName, name), rowsOf(service, name), deployments(service));
}

/**
 * The versions that appeared within the last five minutes: releases and rollbacks. Another process of a version that runs is none, and
 * neither is one that comes back within five minutes.
 */
export function deployments({ serviceName, metrics }: Service): string | undefined {
  const build = own('build_info', serviceName);
  return metrics.some(({ name }) => name === 'build_info')
    ? `count by (version) (${build}) unless count by (version) (last_over_time(${build}[5m] offset 5m))`
    : undefined;
}

/**
 * All panels: those of this library in their order, then those that others state, by name.
 *
 * A derivation does not see what other derivations bring, so panels of metrics that are derived are found only here.
 */
export function panelsOf(service: Service): Panel[] {
  const standard = standardPanels(service, service.objectives.length > 0);
  const known = new Set(service.panels.map(({ name }) => name));
  const order = standard.map(({ name }) => name);
  const rank = ({ name }: Panel) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...service.panels, ...standard.filter(({ name }) => !known.has(name))].sort((a, b) => rank(a) - rank(b));
}

function rowsOf(service: Service, dashboardName: string): Rows {
  const rows = new Map<string, Panel[]>();
  for (const panel of panelsOf(service).filter(({ dashboard: name }) => name === dashboardName)) {
    rows.set(panel.row, [...(rows.get(panel.row) ?? []), panel]);
  }
  return rows;
}
