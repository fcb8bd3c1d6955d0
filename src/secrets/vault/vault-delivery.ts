/**
 * How secrets get from Vault to the service.
 */
export enum VaultDelivery {
  /** The service reads them over the network, at its start and again from time to time. Nothing else has to run. */
  SERVICE = 'service',
  /** A Vault agent beside the service writes them to files in memory; the service needs no way to Vault. */
  AGENT = 'agent',
  /** An operator of the cluster, such as External Secrets, mounts them; logins that Vault makes are not possible so. */
  OPERATOR = 'operator',
}
