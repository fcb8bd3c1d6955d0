export { dashboardFile, deployments, panelsOf } from './dashboards';
export { ALWAYS } from './files';
export { standardPanels } from './panels';
