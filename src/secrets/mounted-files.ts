import { type ConfigVariable, SecretDelivery, type Service } from '../service';
import type { ISecretsProvider, SecretAccess, SecretKey, SecretsScope } from './provider';

/**
 * Whatever mounts secrets as files.
 */
export class MountedFiles implements ISecretsProvider {
  public readonly store = 'platform';
  public readonly storeKind = 'platform';
  public readonly title = 'the platform';

  public accessIn(_service: Service, _environment: string): SecretAccess {
    return { delivery: SecretDelivery.MOUNTED };
  }

  public keyOf(_service: Service, variable: ConfigVariable, _environment: string): SecretKey {
    return { key: `a file that ${variable.fileVariable} names` };
  }

  /** Reading mounted files is part of every service. */
  public attach(_scope: SecretsScope): void {}
}
