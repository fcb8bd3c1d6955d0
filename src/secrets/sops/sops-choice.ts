import { isOptional } from '../optional';
import type { SecretsScope } from '../provider';
import { SopsFormat } from './sops-format';
import type { SopsOptions } from './sops-options';
import type { SopsRecipient } from './sops-recipient';

/**
 * SOPS, chosen for the secrets of some environments.
 */
export class SopsChoice {
  public readonly recipients: Record<string, SopsRecipient[]>;
  private readonly format: SopsFormat;

  constructor(
    public readonly scope: SecretsScope,
    options: SopsOptions,
  ) {
    this.recipients = options.recipients;
    this.format = options.format ?? SopsFormat.YAML;
  }

  /** What the verbs need to know of an environment; `assets/node/tools/secrets-sops/store.ts` has its type. */
  public storeOptions(environment: string): object {
    const secrets = this.scope.secretsIn(environment);
    const optional = secrets.filter((variable) => isOptional(variable, environment)).map(({ name }) => name);
    return {
      environment,
      file: sopsFile(environment, this.format),
      recipients: (this.recipients[environment] ?? []).map(({ key }) => key),
      variables: secrets.map(({ name }) => name),
      ...(optional.length > 0 ? { optional } : {}),
    };
  }

  /** The rule by which SOPS encrypts the file of an environment. */
  public rule(environment: string): object {
    const recipients = this.recipients[environment] ?? [];
    const keys = (kind: string) => recipients.filter(({ keyKind }) => keyKind === kind).map(({ key }) => key);
    return {
      path_regex: `^${sopsFile(environment, this.format).replaceAll('.', '\\.')}$`,
      ...(keys('age').length > 0 ? { age: keys('age') } : {}),
      ...(keys('pgp').length > 0 ? { pgp: keys('pgp') } : {}),
    };
  }
}

/** The file that holds the secrets of an environment. */
export function sopsFile(environment: string, format: SopsFormat): string {
  return `secrets/${environment}.enc.${format}`;
}
