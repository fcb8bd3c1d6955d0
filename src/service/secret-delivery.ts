/**
 * Who brings the secrets of a store to the service. One way in each environment: what is mounted as well as read would be two
 * sources of one secret.
 */
export enum SecretDelivery {
  /** The service reads them over the network, so it needs a way there and an identity. */
  SERVICE = 'service',
  /** An agent beside the service reads them for it. */
  AGENT = 'agent',
  /** An operator or the platform mounts them as files. */
  MOUNTED = 'mounted',
}
