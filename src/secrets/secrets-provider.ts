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
   * Whatever mounts secrets as files and names them by `<NAME>_FILE`. The default, so it needs saying only where another store keeps
   * all the rest.
   */
  public static platform(): ISecretsProvider {
    return new MountedFiles();
  }

  private constructor() {}
}
