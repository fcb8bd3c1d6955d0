import { github, type Project } from 'projen';

/**
 * The workflow of pull requests and of the default branch. It does what `.ci/run` does anywhere, and nothing else.
 */
export class CiWorkflow extends github.GithubWorkflow {
  constructor(project: Project) {
    super(github.GitHub.of(project)!, 'ci', {
      limitConcurrency: true,
      concurrencyOptions: {
        group: '${{ github.workflow }}-${{ github.ref }}',
        cancelInProgress: true,
      },
    });
    this.on({ pullRequest: {}, push: { branches: ['main'] } });
    this.addJob('ci', {
      name: 'ci',
      runsOn: ['ubuntu-24.04'],
      timeoutMinutes: 60,
      permissions: { contents: github.workflows.JobPermission.READ },
      steps: [
        { name: 'Checkout', uses: 'actions/checkout' },
        { name: 'Setup Node.js', uses: 'actions/setup-node', with: { 'node-version': 20 } },
        { name: 'Run every lane', run: '.ci/run' },
      ],
    });
  }
}
