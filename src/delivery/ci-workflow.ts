import type { Project } from 'projen';
import { NodeRuntime } from '../runtime/node';
import { BackingServiceKind, type Check, CheckStage, type Service } from '../service';
import { pinned } from './pinned-actions';
import { taskCommand } from './task-command';

export interface WorkflowOptions {
  readonly defaultBranch?: string;
  readonly nodeVersions?: string[];
  /** Where the service is in the repository; empty at its root. */
  readonly folder: string;
}

/**
 * The workflow that runs every check on pull requests and on the default branch.
 */
export function renderWorkflow(
  service: Service,
  { defaultBranch = 'main', nodeVersions = ['24'], folder }: WorkflowOptions,
): object {
  const paths = folder === '' ? {} : { paths: [`${folder}/**`, ...DECLARATION] };
  const checks = service.checks.filter(({ stages }) => stages.includes(CheckStage.PULL_REQUEST));
  return {
    name: folder === '' ? 'ci' : `ci ${service.serviceName}`,
    on: { pull_request: paths, push: { branches: [defaultBranch], ...paths } },
    permissions: {},
    concurrency: {
      group: '${{ github.workflow }}-${{ github.ref }}',
      // A newer push makes the run of a pull request useless; on the default branch every commit keeps its result.
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    },
    jobs: {
      checks: {
        name: 'checks on Node ${{ matrix.node }}',
        'runs-on': 'ubuntu-24.04',
        'timeout-minutes': 20,
        permissions: { contents: 'read' },
        strategy: { 'fail-fast': false, matrix: { node: nodeVersions } },
        ...(folder === '' ? {} : { defaults: { run: { 'working-directory': folder } } }),
        steps: [
          // Checks compare with the base branch, which a shallow clone does not have.
          { uses: pinned('actions/checkout'), with: { 'fetch-depth': 0, 'persist-credentials': false } },
          {
            uses: pinned('actions/setup-node'),
            with: { 'node-version': '${{ matrix.node }}', 'package-manager-cache': false },
          },
          ...(folder !== '' && NodeRuntime.supports(service.project.root) ? [INSTALL_ROOT] : []),
          { name: 'Install', run: 'npm ci' },
          ...backingServiceSteps(service),
          ...(service.project.ejected ? [] : [UP_TO_DATE]),
          ...checks.map((check) => stepFor(check, service.project)),
        ],
      },
    },
  };
}

/** What declares all services of a monorepo. */
const DECLARATION = ['.projenrc.*', 'package-lock.json'];

/** In a monorepo the declaration and projen itself are at the root. */
const INSTALL_ROOT = { name: 'Install what is at the root', 'working-directory': '.', run: 'npm ci' };

const UP_TO_DATE = {
  name: 'Generated files are up to date',
  run: 'npx projen && git add --intent-to-add . && git diff --exit-code',
};

function stepFor({ task, description }: Check, project: Project): object {
  return { name: description, if: '${{ !cancelled() }}', run: taskCommand(project, task) };
}

/** The runner image ships a MySQL server; PostgreSQL comes embedded from the npm registry. */
function backingServiceSteps(service: Service): object[] {
  return service.backingServices
    .filter(({ backingKind, required }) => backingKind === BackingServiceKind.MYSQL && required)
    .map(({ urlVariable }) => ({
      name: 'Start MySQL',
      run: [
        'sudo systemctl start mysql.service',
        `mysql --user=root --password=root --execute="CREATE DATABASE ci"`,
        `echo "${urlVariable}=mysql://root:root@127.0.0.1:3306/ci" >> "$GITHUB_ENV"`,
      ].join('\n'),
    }));
}
