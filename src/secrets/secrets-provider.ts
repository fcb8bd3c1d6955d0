import { AwsSecretsManager } from './aws/aws-secrets-manager';
import type { AwsSecretsManagerOptions } from './aws/aws-secrets-manager-options';
import { MountedFiles } from './mounted-files';
import type { ISecretsProvider } from './provider';

/**
 * The stores that can keep the secrets of a service.
 *
 * @example
 * service.secrets.use(SecretsProvider.platform(), { environments: ['prod'], variables: ['STRIPE_API_KEY'] });
 */
export class SecretsProvider {
  /**
   * AWS Secrets Manager: an owned CloudFormation template makes the secrets, and the service reads them with the official SDK,
   * many in one request, and again from time to time, so that a rotation needs no restart.
   *
   * @param options the region, and what exists already
   */
  public static awsSecretsManager(options: AwsSecretsManagerOptions): ISecretsProvider {
    return new AwsSecretsManager(options);
  }

  /**
   * Whatever mounts secrets as files and names them by `<NAME>_FILE`. The default, so it needs saying only where another store keeps
   * all the rest.
   */
  public static platform(): ISecretsProvider {
    return new MountedFiles();
  }

  private constructor() {}
}
