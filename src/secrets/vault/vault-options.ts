import type { NetworkPeer } from '../../service';
import type { VaultAudit } from './vault-audit';
import type { VaultDatabaseLogin } from './vault-database-login';
import type { VaultDelivery } from './vault-delivery';

/**
 * What there is to say about secrets in HashiCorp Vault or OpenBao.
 */
export interface VaultOptions {
  /**
   * Where it is, such as `https://vault.internal:8200`. Plain HTTP is for a proxy on the same machine only.
   */
  readonly address: string;

  /**
   * How secrets get from there to the service.
   *
   * @default VaultDelivery.SERVICE
   */
  readonly delivery?: VaultDelivery;

  /**
   * Where on the network it is, for network policies that let a service out to it that reads its secrets itself.
   *
   * @default - not configured yet: `k8s:check` asks for it
   */
  readonly peer?: NetworkPeer;

  /**
   * Where the KV engine, version 2, is mounted.
   *
   * @default "secret"
   */
  readonly mount?: string;

  /**
   * The path below the mount that has an entry for each secret.
   *
   * @default - `<service>/<environment>`
   */
  readonly path?: string;

  /**
   * The role by which the service logs in, and the name of its policy.
   *
   * @default - `<service>-<environment>`
   */
  readonly role?: string;

  /**
   * Where the Kubernetes auth method is mounted.
   *
   * @default "kubernetes"
   */
  readonly authMount?: string;

  /**
   * The Kubernetes namespace the service runs in.
   *
   * @default - the name of the service
   */
  readonly kubernetesNamespace?: string;

  /**
   * The service account the service runs as.
   *
   * @default - the name of the service
   */
  readonly serviceAccount?: string;

  /**
   * Vault's own namespace, where there are several.
   *
   * @default - none
   */
  readonly namespace?: string;

  /**
   * Has Vault make the database's login, so that nobody knows its password and every process has its own.
   *
   * @default - the database's URL is a secret like any other
   */
  readonly databaseLogin?: VaultDatabaseLogin;

  /**
   * Lets a scheduled workflow of the repository ask how old the secrets are, by a role that sees that and nothing else.
   *
   * @default - no workflow asks; `secrets:check` does, with the token of whoever runs it
   */
  readonly audit?: VaultAudit;
}
