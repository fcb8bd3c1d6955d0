import type { SecretStore, Service } from '../service';
import { pinned } from './pinned-actions';
import { taskCommand } from './task-command';

/** On the mornings of working days, when somebody is there to replace what is overdue; not at the full hour, when many start. */
const SCHEDULE = '23 5 * * 1-5';

/** What a workflow needs to ask a store how old its secrets are; undefined where it may not. */
interface Access {
  /** The secret of the repository that has a token for GitHub itself. */
  readonly token?: string;
  /** Whether it has to say who it is, by a token of GitHub's. */
  readonly identity?: boolean;
}

function accessTo({ storeKind, settings }: SecretStore): Access | undefined {
  switch (storeKind) {
    case 'platform':
    case 'sops':
      // What mounts files says nothing, and SOPS is asked by its history in Git.
      return {};
    case 'github-actions':
      return settings['auditToken'] === undefined ? undefined : { token: settings['auditToken'] };
    default:
      return settings['auditRole'] === undefined ? undefined : { identity: true };
  }
}

/** The environments of which a workflow may ask every store. */
export function auditedEnvironments({ environments, secretStores }: Service): string[] {
  return environments
    .map(({ name }) => name)
    .filter((name) => {
      const stores = secretStores.filter(({ environment }) => environment === name);
      return (
        stores.some(({ storeKind }) => storeKind !== 'platform') &&
        stores.every((store) => accessTo(store) !== undefined)
      );
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

/** Says why a job may say who it is. */
export function annotateIdentity(yaml: string): string {
  return yaml.replace(/(id-token: write)$/gm, '$1 # to take on the role that sees how old secrets are');
}

function jobOf(service: Service, environment: string, folder: string): object {
  const access = service.secretStores
    .filter((store) => store.environment === environment)
    .map((store) => accessTo(store) ?? {});
  const token = access.find((one) => one.token !== undefined)?.token;
  return {
    name: `age of the secrets of ${environment}`,
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 10,
    permissions: { contents: 'read', ...(access.some(({ identity }) => identity) ? { 'id-token': 'write' } : {}) },
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
