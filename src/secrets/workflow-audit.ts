import type { ServiceProblem } from '../service';

/**
 * The scheduled workflow that may ask a store how old its secrets are.
 */
export interface WorkflowAudit {
  /**
   * The GitHub repository whose workflow it is, such as `acme/orders`.
   */
  readonly repository: string;

  /**
   * The branch that it runs on; schedules run on the default branch only.
   *
   * @default "main"
   */
  readonly branch?: string;
}

/**
 * How GitHub's tokens name the workflow.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export function subjectOf({ repository, branch = 'main' }: WorkflowAudit): string {
  return `repo:${repository}:ref:refs/heads/${branch}`;
}

export function auditProblems(place: string, { repository, branch = 'main' }: WorkflowAudit): ServiceProblem[] {
  return [
    ...(/^[A-Za-z0-9-]+\/[\w.-]+$/.test(repository)
      ? []
      : [
          {
            place: `${place}, audit`,
            message: 'names no repository of GitHub',
            value: repository,
            fix: 'write it as owner/name, such as acme/orders',
          },
        ]),
    // A pattern would let in branches that anybody makes.
    ...(/^[\w./-]+$/.test(branch)
      ? []
      : [{ place: `${place}, audit`, message: 'names no branch', value: branch, fix: 'give one, such as main' }]),
  ];
}
