import { Failure } from './failure.js';

/** Whether this is a job of a GitHub workflow that may say who it is: one with the permission `id-token: write`. */
export function isIdentified(env: NodeJS.ProcessEnv): boolean {
  return (env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') !== '' && (env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '') !== '';
}

/**
 * A token of GitHub that says which workflow of which repository and branch this is; nobody but the audience takes it.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export async function workflowToken(audience: string, env: NodeJS.ProcessEnv): Promise<string> {
  const url = new URL(env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', audience);
  const response = await fetch(url, {
    headers: { authorization: `bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}` },
    redirect: 'error',
  });
  const { value } = response.ok ? ((await response.json()) as { value?: unknown }) : {};
  if (typeof value !== 'string') throw new Failure(`GitHub gives this job no token (status ${response.status}).`);
  return value;
}
