/**
 * How secrets get from AWS Secrets Manager to the service.
 */
export enum AwsDelivery {
  /** The service reads them with the official SDK, at its start and again from time to time. Nothing else has to run. */
  SERVICE = 'service',
  /**
   * An operator of the cluster, such as External Secrets, mounts them as files: the service gets no client of AWS and no way there.
   */
  OPERATOR = 'operator',
}
