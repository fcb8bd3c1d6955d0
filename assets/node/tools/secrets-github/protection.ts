import { GhError, runGh } from './gh.js';
import type { GithubStoreOptions } from './store.js';

interface GithubEnvironment {
  /** Nothing where every branch can deploy. */
  readonly deployment_branch_policy?: { readonly protected_branches?: boolean } | null;
  readonly protection_rules?: readonly { readonly type?: string }[];
}

/** What stands between a branch of anybody's and the secrets of an environment, and does not. */
export async function protectionProblems(options: GithubStoreOptions): Promise<string[]> {
  const { githubEnvironment: name, approved, unprotected } = options;
  const path = `repos/{owner}/{repo}/environments/${encodeURIComponent(name)}`;
  let found: GithubEnvironment;
  try {
    found = JSON.parse(await runGh(['api', path])) as GithubEnvironment;
  } catch (error) {
    if (!(error instanceof GhError) || !error.message.startsWith('there is no such thing')) throw error;
    return [`GitHub has no environment ${name}. Make it in the settings of the repository, under Environments.`];
  }
  if (unprotected !== undefined) return [];
  const rules = (found.protection_rules ?? []).map(({ type }) => type);
  return [
    ...(await branchProblems(name, path, found)),
    ...(approved && !rules.includes('required_reviewers')
      ? [`Nobody has to approve what is deployed to GitHub's environment ${name}. Name required reviewers.`]
      : []),
  ];
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#deployment-branches-and-tags */
async function branchProblems(
  name: string,
  path: string,
  { deployment_branch_policy }: GithubEnvironment,
): Promise<string[]> {
  const everyone = `Every branch can deploy to GitHub's environment ${name}, and so read its secrets`;
  if (!deployment_branch_policy) return [`${everyone}. Limit it to protected branches.`];
  if (deployment_branch_policy.protected_branches) {
    const branches = JSON.parse(
      await runGh(['api', 'repos/{owner}/{repo}/branches?protected=true&per_page=1']),
    ) as unknown[];
    return branches.length > 0
      ? []
      : [
          `${everyone}: it is limited to protected branches, and no branch is protected. Protect the one that is deployed.`,
        ];
  }
  const patterns = await patternsOf(path);
  return patterns
    .filter((pattern) => EVERYTHING.test(pattern))
    .map(
      (pattern) =>
        `${everyone}: it is limited to names like ${pattern}. Name the branches that are deployed, such as main.`,
    );
}

/** No letter of it is fixed, so whoever may push can make a branch or a tag of such a name. */
const EVERYTHING = /^[*?/]+$/;

async function patternsOf(path: string): Promise<string[]> {
  const answer = JSON.parse(await runGh(['api', `${path}/deployment-branch-policies?per_page=100`])) as {
    readonly branch_policies?: readonly { readonly name?: string }[];
  };
  return (answer.branch_policies ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
}
