import type { ConfigVariable, Service } from '../service';
import type { ISecretsProvider, SecretKey, SecretsScope } from './provider';

/**
 * Whatever mounts secrets as files.
 */
export class MountedFiles implements ISecretsProvider {
  public readonly store = 'platform';
  public readonly storeKind = 'platform';
  public readonly title = 'the platform';

  public settingsIn(_service: Service, _environment: string): Record<string, string> {
    return {};
  }

  public keyOf(_service: Service, variable: ConfigVariable, _environment: string): SecretKey {
    return { key: `a file that ${variable.fileVariable} names` };
  }

  /** Reading mounted files is part of every service. */
  public attach(_scope: SecretsScope): void {}
}
