export { dashboardFile, deployments, panelsOf } from './dashboards';
export { standardPanels } from './panels';
