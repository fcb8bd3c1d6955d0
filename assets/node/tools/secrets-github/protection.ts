import { GhError, runGh } from './gh.js';
import type { GithubStoreOptions } from './store.js';

interface GithubEnvironment {
  readonly deployment_branch_policy?: object | null;
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
    ...(found.deployment_branch_policy
      ? []
      : [
          `Every branch can deploy to GitHub's environment ${name}, and so read its secrets. Limit it to protected branches.`,
        ]),
    ...(approved && !rules.includes('required_reviewers')
      ? [`Nobody has to approve what is deployed to GitHub's environment ${name}. Name required reviewers.`]
      : []),
  ];
}
