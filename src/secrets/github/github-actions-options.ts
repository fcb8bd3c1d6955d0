/**
 * What there is to say about secrets in the environments of a GitHub repository.
 */
export interface GithubActionsOptions {
  /**
   * The names of GitHub's environments, by environment of the service.
   *
   * @default - the same name; in a repository of several services `<service>-<environment>`
   */
  readonly environmentNames?: Record<string, string>;

  /**
   * Environments that GitHub does not protect, by name, with the reason why that is right, such as a plan without protection rules.
   *
   * `secrets:push` refuses to put secrets into an environment that every branch can deploy to; in production also into one that
   * nobody has to approve.
   *
   * @default - all are protected
   */
  readonly unprotected?: Record<string, string>;

  /**
   * The name of a secret of the repository: a fine-grained token that may read environments and nothing else, by which a scheduled
   * workflow asks how old the secrets are. The workflow's own token has no such right.
   *
   * @default - no workflow asks; `secrets:check` does, with the rights of whoever runs it
   */
  readonly auditToken?: string;
}
