import { type ConfigVariable, SecretDelivery, type Service } from '../../service';
import type { ISecretsProvider, SecretAccess, SecretKey, SecretsScope } from '../provider';
import { SopsChoice, sopsFile } from './sops-choice';
import { SopsFiles } from './sops-files';
import { SopsFormat } from './sops-format';
import type { SopsOptions } from './sops-options';

/**
 * Secrets in files of the repository that SOPS encrypts.
 */
export class SopsProvider implements ISecretsProvider {
  public readonly store = 'sops';
  public readonly storeKind = 'sops';
  public readonly title = 'SOPS';

  constructor(private readonly options: SopsOptions) {}

  public accessIn(_service: Service, environment: string): SecretAccess {
    return { delivery: SecretDelivery.MOUNTED, settings: { file: this.fileOf(environment) } };
  }

  public keyOf(_service: Service, { name }: ConfigVariable, environment: string): SecretKey {
    return { key: this.fileOf(environment), property: name };
  }

  /** Nothing is read at run time: whatever deploys the service decrypts, and mounts the secrets as files. */
  public attach(scope: SecretsScope): void {
    SopsFiles.of(scope.project).add(new SopsChoice(scope, this.options));
  }

  private fileOf(environment: string): string {
    return sopsFile(environment, this.options.format ?? SopsFormat.YAML);
  }
}
