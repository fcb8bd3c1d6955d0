import type { Service } from '../service';
import { pinned } from './pinned-actions';
import { taskCommand } from './task-command';

/** On the mornings of working days, when somebody is there to replace what is overdue; not at the full hour, when many start. */
const SCHEDULE = '23 5 * * 1-5';

/** The environments of which a workflow may ask every store. */
export function auditedEnvironments({ environments, secretStores }: Service): string[] {
  return environments
    .map(({ name }) => name)
    .filter((name) => {
      const stores = secretStores.filter(({ environment }) => environment === name);
      return stores.some(({ storeKind }) => storeKind !== 'platform') && stores.every(({ isAudited }) => isAudited);
    });
}

/**
 * The workflow that fails when a secret is overdue. A job for each environment, so that each has the rights for its own stores and no
 * more; none is a job of a GitHub environment, since a schedule waits for nobody to approve it.
 */
export function renderSecretsWorkflow(service: Service, folder: string): object {
  return {
    name: folder === '' ? 'secrets' : `secrets ${service.serviceName}`,
    on: { schedule: [{ cron: SCHEDULE }], workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: '${{ github.workflow }}', 'cancel-in-progress': false },
    jobs: Object.fromEntries(auditedEnvironments(service).map((name) => [name, jobOf(service, name, folder)])),
  };
}

/** Says why a job may say who it is, and which environments have none. */
export function annotateSecrets(yaml: string, { environments, secretStores }: Service): string {
  const unasked = environments
    .map(({ name }) => name)
    .filter((name) => secretStores.some(({ environment, isAudited }) => environment === name && !isAudited));
  return yaml
    .replace(/(id-token: write)$/gm, '$1 # to take on the role that sees how old secrets are')
    .replace(
      /^(?=jobs:$)/m,
      unasked.length === 0
        ? ''
        : `# Not asked, since a store there has no audit or auditToken: ${unasked.join(', ')}.\n`,
    );
}

function jobOf(service: Service, environment: string, folder: string): object {
  const access = service.secretStores
    .filter((store) => store.environment === environment)
    .map(({ settings }) => settings);
  const isIdentified = access.some(({ auditRole }) => auditRole !== undefined);
  const token = access.find(({ auditToken }) => auditToken !== undefined)?.['auditToken'];
  return {
    name: `age of the secrets of ${environment}`,
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 10,
    permissions: { contents: 'read', ...(isIdentified ? { 'id-token': 'write' } : {}) },
    ...(folder === '' ? {} : { defaults: { run: { 'working-directory': folder } } }),
    steps: [
      // The age of an encrypted entry is that of its last commit.
      { uses: pinned('actions/checkout'), with: { 'fetch-depth': 0, 'persist-credentials': false } },
      { uses: pinned('actions/setup-node'), with: { 'node-version': '24', 'package-manager-cache': false } },
      { name: 'Install', run: 'npm ci' },
      {
        name: 'No secret is overdue',
        ...(token === undefined ? {} : { env: { GH_TOKEN: `\${{ secrets.${token} }}` } }),
        run: taskCommand(service.project, `secrets:check ${environment}`),
      },
    ],
  };
}
