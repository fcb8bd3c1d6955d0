import type { WorkflowAudit } from '../workflow-audit';

/**
 * The scheduled workflow that may ask Vault how old secrets are, by a role that trusts GitHub's tokens.
 */
export interface VaultAudit extends WorkflowAudit {
  /**
   * Where the JWT auth method that trusts GitHub is mounted.
   *
   * @default "jwt"
   * @see https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-hashicorp-vault
   */
  readonly authMount?: string;
}
