import { typedOrThrow } from '../service/option-shapes';
import { AwsSecretsManager } from './aws/aws-secrets-manager';
import type { AwsSecretsManagerOptions } from './aws/aws-secrets-manager-options';
import type { GithubActionsOptions } from './github/github-actions-options';
import { GithubActionsProvider } from './github/github-actions-provider';
import { MountedFiles } from './mounted-files';
import { AWS, GITHUB, SOPS, VAULT } from './option-types';
import type { ISecretsProvider } from './provider';
import type { SopsOptions } from './sops/sops-options';
import { SopsProvider } from './sops/sops-provider';
import type { VaultOptions } from './vault/vault-options';
import { VaultProvider } from './vault/vault-provider';

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
    return new AwsSecretsManager(typedOrThrow('SecretsProvider.awsSecretsManager', AWS, options));
  }

  /**
   * Whatever mounts secrets as files and names them by `<NAME>_FILE`. The default, so it needs saying only where another store keeps
   * all the rest.
   */
  public static platform(): ISecretsProvider {
    return new MountedFiles();
  }

  /**
   * The environments of a GitHub repository: for what its workflows run, such as deployments. Binds each secret by its name, in a job
   * of that environment and nowhere else.
   *
   * @param options the names and the protection of GitHub's environments
   * @see https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments
   */
  public static githubActions(options: GithubActionsOptions = {}): ISecretsProvider {
    return new GithubActionsProvider(typedOrThrow('SecretsProvider.githubActions', GITHUB, options));
  }

  /**
   * Files of the repository that SOPS encrypts: `secrets/<environment>.enc.yaml`. Whatever deploys the service decrypts them and
   * mounts the secrets as files, such as Flux, Argo CD, or `secrets:run` on a server.
   *
   * @param options who can decrypt what
   * @see https://getsops.io
   */
  public static sops(options: SopsOptions): ISecretsProvider {
    return new SopsProvider(typedOrThrow('SecretsProvider.sops', SOPS, options));
  }

  /**
   * HashiCorp Vault or OpenBao: one entry of the KV engine (version 2) for each secret, and if wanted a database login for each
   * process. Brings the policy and the role that whoever runs Vault applies.
   *
   * @param options where it is, and what the service may call its own there
   * @see https://openbao.org/docs/
   */
  public static vault(options: VaultOptions): ISecretsProvider {
    return new VaultProvider(typedOrThrow('SecretsProvider.vault', VAULT, options));
  }

  private constructor() {}
}
