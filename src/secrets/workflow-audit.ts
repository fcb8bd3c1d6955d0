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

  /**
   * GitHub's numbers of the repository and of its owner, which its tokens name beside the names where the repository was made, renamed or
   * transferred after July 15, 2026, or opted in. Then nobody who takes over a name that was given up is trusted.
   *
   * @default - tokens have the names alone, as those of older repositories and of GitHub Enterprise Server do
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
   */
  readonly ids?: GithubIds;
}

/**
 * The numbers by which GitHub knows a repository and its owner for ever. `gh api repos/acme/orders --jq '.owner.id, .id'` prints both.
 */
export interface GithubIds {
  /**
   * Of the person or organization, such as 123456.
   */
  readonly owner: number;

  /**
   * Of the repository, such as 456789.
   */
  readonly repository: number;
}

/**
 * How GitHub's tokens name the workflow.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export function subjectOf({ repository, branch = 'main', ids }: WorkflowAudit): string {
  const [owner = '', name = ''] = repository.split('/');
  const known = ids === undefined ? repository : `${owner}@${ids.owner}/${name}@${ids.repository}`;
  return `repo:${known}:ref:refs/heads/${branch}`;
}

export function auditProblems(at: string, { repository, branch = 'main', ids }: WorkflowAudit): ServiceProblem[] {
  const place = `${at}, audit`;
  return [
    ...(/^[A-Za-z0-9-]+\/[\w.-]+$/.test(repository)
      ? []
      : [
          {
            place,
            message: 'names no repository of GitHub',
            value: repository,
            fix: 'write it as owner/name, such as acme/orders',
          },
        ]),
    // A pattern would let in branches that anybody makes.
    ...(/^[\w./-]+$/.test(branch)
      ? []
      : [{ place, message: 'names no branch', value: branch, fix: 'give one, such as main' }]),
    ...(ids === undefined ? [] : idProblems(place, ids, repository)),
  ];
}

function idProblems(place: string, ids: GithubIds, repository: string): ServiceProblem[] {
  const known: Record<string, unknown> = { owner: ids?.owner, repository: ids?.repository };
  return Object.entries(known)
    .filter(([, id]) => !Number.isSafeInteger(id) || Number(id) <= 0)
    .map(([whose, value]) => ({
      place: `${place}, ids.${whose}`,
      message: `is no number that GitHub gives`,
      value,
      fix: `give the numbers that gh api repos/${repository} --jq '.owner.id, .id' prints`,
    }));
}
