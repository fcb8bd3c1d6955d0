import { MountedFiles } from './mounted-files';
import type { ISecretsProvider } from './provider';
import type { SopsOptions } from './sops/sops-options';
import { SopsProvider } from './sops/sops-provider';

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

  /**
   * Files of the repository that SOPS encrypts: `secrets/<environment>.enc.yaml`. Whatever deploys the service decrypts them and
   * mounts the secrets as files, such as Flux, Argo CD, or `secrets:run` on a server.
   *
   * @param options who can decrypt what
   * @see https://getsops.io
   */
  public static sops(options: SopsOptions): ISecretsProvider {
    return new SopsProvider(options);
  }

  private constructor() {}
}
