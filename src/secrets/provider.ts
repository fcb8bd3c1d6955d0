import type { Project } from 'projen';
import type { ConfigVariable, SecretDelivery, SecretStoreConnection, SecretStoreToken, Service } from '../service';

/**
 * Where a store keeps a secret.
 */
export interface SecretKey {
  /** The secret's name or path in the store. Never its value. */
  readonly key: string;

  /**
   * The member of the secret, where the store keeps several values under one key.
   *
   * @default - the whole secret
   */
  readonly property?: string;
}

/**
 * How a store of an environment is reached, and by whom.
 */
export interface SecretAccess {
  /**
   * Who brings its secrets to the service.
   */
  readonly delivery: SecretDelivery;

  /**
   * How it is reached, for what connects to it on behalf of the service. Never a credential.
   *
   * @default - nothing to say
   */
  readonly settings?: Record<string, string>;

  /**
   * What processes connect to that read their secrets themselves.
   *
   * @default - nothing
   */
  readonly connections?: SecretStoreConnection[];

  /**
   * A token that processes need to read their secrets.
   *
   * @default - none
   */
  readonly token?: SecretStoreToken;

  /**
   * What the service account has to say of itself for the store to know it.
   *
   * @default - nothing
   */
  readonly accountAnnotations?: Record<string, string>;
}

/**
 * A kind of store that can keep the secrets of a service, such as AWS Secrets Manager.
 *
 * {@link SecretsProvider} makes those that come with this library; implement it to bring another one.
 */
export interface ISecretsProvider {
  /**
   * The name of the store among those of an environment: lower-case letters, digits and dashes.
   */
  readonly store: string;

  /**
   * What it is, as facts have it: `aws-secrets-manager`, `vault`.
   */
  readonly storeKind: string;

  /**
   * What it is called where people read of it.
   */
  readonly title: string;

  /**
   * How the store is reached and who reads it. Manifests and network rules follow from that.
   *
   * @param service the service whose secrets it keeps
   * @param environment the name of an environment
   */
  accessIn(service: Service, environment: string): SecretAccess;

  /**
   * Where it keeps a secret.
   *
   * @param service the service whose secret it is
   * @param variable a secret config variable
   * @param environment the name of an environment
   */
  keyOf(service: Service, variable: ConfigVariable, environment: string): SecretKey;

  /**
   * Brings its files, tasks and run-time code for the environments it was chosen for. Called once for each choice; what
   * files hold is computed at synthesis.
   *
   * @param scope where it was chosen
   */
  attach(scope: SecretsScope): void;
}

/**
 * Where a store was chosen, and for which secrets.
 *
 * @example
 * class Keyring implements ISecretsProvider {
 *   public attach(scope: SecretsScope) {
 *     for (const environment of scope.environments) {
 *       new TextFile(scope.project, `secrets/${environment}.txt`, { lines: scope.secretsIn(environment).map(({ name }) => name) });
 *     }
 *   }
 * }
 */
export abstract class SecretsScope {
  /** The project that files and tasks belong to. */
  public readonly project: Project;
  /** The service whose secrets are kept. */
  public readonly service: Service;
  /** The environments the store was chosen for, by name. */
  public readonly environments: string[];

  protected constructor(project: Project, service: Service, environments: string[]) {
    this.project = project;
    this.service = service;
    this.environments = environments;
  }

  /**
   * The secrets it keeps in an environment. Known at synthesis only.
   *
   * @param environment one of {@link SecretsScope.environments}
   */
  public abstract secretsIn(environment: string): ConfigVariable[];
}
