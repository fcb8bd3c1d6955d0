import { ConfigState, type SecretStore, type Service } from '../service';
import { pinned } from './pinned-actions';
import { taskCommand } from './task-command';

/** Stores whose secrets GitHub gives to jobs. */
const STORE_KIND = 'github-actions';

/** The stores that GitHub is, one for each environment that has one. */
export function githubStores(service: Service): SecretStore[] {
  return service.secretStores.filter(({ storeKind }) => storeKind === STORE_KIND);
}

/**
 * The workflow that checks the configuration of an environment with what GitHub has for it; for people, and for a deployment to
 * call first. Each environment has a job of its own, since only a job of the environment is given its secrets.
 */
export function renderConfigWorkflow(service: Service, folder: string): object {
  const environments = githubStores(service).map(({ environment }) => environment);
  const input = { description: 'The environment whose configuration is checked', required: true };
  return {
    name: folder === '' ? 'config' : `config ${service.serviceName}`,
    on: {
      workflow_dispatch: { inputs: { environment: { ...input, type: 'choice', options: environments } } },
      workflow_call: { inputs: { environment: { ...input, type: 'string' } } },
    },
    permissions: {},
    concurrency: { group: `${groupOf(service, folder)}-\${{ inputs.environment }}`, 'cancel-in-progress': false },
    jobs: Object.fromEntries(githubStores(service).map((store) => [store.environment, jobOf(service, store, folder)])),
  };
}

/** Groups are those of the whole repository; the service's own name keeps its neighbours from waiting for it. */
function groupOf({ serviceName }: Service, folder: string): string {
  return folder === '' ? 'config' : `config-${serviceName}`;
}

function jobOf(service: Service, store: SecretStore, folder: string): object {
  const { environment } = store;
  return {
    name: `configuration of ${environment}`,
    if: `\${{ inputs.environment == '${environment}' }}`,
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 10,
    // What protects it decides who gets its secrets.
    environment: store.settings['environment'],
    permissions: { contents: 'read' },
    ...(folder === '' ? {} : { defaults: { run: { 'working-directory': folder } } }),
    steps: [
      { uses: pinned('actions/checkout'), with: { 'persist-credentials': false } },
      { uses: pinned('actions/setup-node'), with: { 'node-version': '24', 'package-manager-cache': false } },
      { name: 'Install', run: 'npm ci' },
      bindingStep(service, store),
      {
        name: 'The configuration is complete',
        run: taskCommand(service.project, `config:check ${environment}${isOnlyStore(service, store) ? ' --live' : ''}`),
      },
    ],
  };
}

/** Gives a job the secrets and variables of its environment: to this one step, which leaves files for those after it. */
function bindingStep(service: Service, { store, environment }: SecretStore): object {
  const secrets = service.secretReferences
    .filter((reference) => reference.environment === environment && reference.store === store)
    .map(({ variable, key }) => [variable, `\${{ secrets.${key} }}`]);
  const variables = service.configVariables
    .filter(
      (variable) =>
        !variable.secret &&
        [ConfigState.MISSING, ConfigState.REFERENCED].includes(service.configState(variable, environment)),
    )
    .map(({ name }) => [name, `\${{ vars.${name} }}`]);
  const env = Object.fromEntries([...secrets, ...variables].sort());
  return {
    name: `Bind what GitHub has for ${environment}`,
    ...(Object.keys(env).length > 0 ? { env } : {}),
    run: taskCommand(service.project, `secrets:bind ${environment}`),
  };
}

/** Other stores are not reached from a workflow; there only the declarations can be checked. */
function isOnlyStore(service: Service, { environment }: SecretStore): boolean {
  return service.secretStores.filter((other) => other.environment === environment).length === 1;
}
