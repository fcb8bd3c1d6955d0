import { ConfigType, type ConfigVariableProps, Duration, Rotation } from '../service';
import {
  anything,
  behaving,
  flag,
  instance,
  list,
  oneOf,
  peer,
  record,
  type Shape,
  sensible,
  struct,
  text,
  unshown,
  whole,
} from '../service/option-shapes';
import type { AwsAudit } from './aws/aws-audit';
import { AwsDelivery } from './aws/aws-delivery';
import type { AwsSecretsManagerOptions } from './aws/aws-secrets-manager-options';
import type { GithubActionsOptions } from './github/github-actions-options';
import type { ISecretsProvider } from './provider';
import type { UseSecretsOptions } from './secrets-config';
import { SopsFormat } from './sops/sops-format';
import type { SopsOptions } from './sops/sops-options';
import { SopsRecipient } from './sops/sops-recipient';
import type { VaultAudit } from './vault/vault-audit';
import type { VaultDatabaseLogin } from './vault/vault-database-login';
import { VaultDelivery } from './vault/vault-delivery';
import type { VaultOptions } from './vault/vault-options';
import type { GithubIds, WorkflowAudit } from './workflow-audit';

// Whoever mixes up options of secrets may have a secret in hand: none of these shows a value.

const duration = instance(Duration, 'Duration.days(90)');

const environments = list(text, "['prod']");

const audit: Record<keyof WorkflowAudit, Shape> = {
  repository: text,
  branch: text,
  ids: struct<GithubIds>({ owner: anything, repository: anything }),
};

/** The name of a config variable. */
export const NAMED = unshown(struct<{ name: string }>({ name: text }, ['name']));

/** What is said of a config variable; nothing of it counts where anything is wrong, since it may no longer be known for a secret. */
export const VARIABLE = unshown(
  whole(
    struct<ConfigVariableProps>(
      {
        description: text,
        type: instance(ConfigType, 'ConfigType.integer()'),
        secret: flag,
        defaultValue: anything,
        values: record(anything, '{ prod: … }'),
        requiredIn: environments,
        optionalIn: environments,
        optional: flag,
        providedBy: record(text, '{ prod: … }'),
        example: text,
        group: text,
        rotateEvery: duration,
        rotation: instance(Rotation, 'Rotation.manual()'),
        rotatedBy: text,
        statedBy: text,
      },
      ['description'],
    ),
  ),
);

/** A store, and for what it is chosen; a choice that is wrong in parts is none. */
export const CHOICE = unshown(
  whole(
    struct<{ provider: ISecretsProvider; options: UseSecretsOptions }>(
      {
        provider: behaving('SecretsProvider', 'attach', 'SecretsProvider.platform()'),
        options: struct<UseSecretsOptions>(
          {
            environments: sensible(
              environments,
              (names: string[]) => new Set(names).size === names.length,
              'names an environment twice',
              'name it once',
            ),
            variables: sensible(
              list(text, "['STRIPE_API_KEY']"),
              (names: string[]) => names.length > 0,
              'is an empty list, so the store keeps nothing',
              'leave it out, and it keeps every secret',
            ),
          },
          ['environments'],
        ),
      },
      ['provider', 'options'],
    ),
  ),
);

/** The options of `SecretsProvider.vault`. */
export const VAULT = unshown(
  struct<VaultOptions>(
    {
      address: text,
      delivery: oneOf('VaultDelivery', VaultDelivery),
      peer,
      mount: text,
      path: text,
      role: text,
      authMount: text,
      kubernetesNamespace: text,
      serviceAccount: text,
      namespace: text,
      databaseLogin: struct<VaultDatabaseLogin>(
        {
          url: text,
          memberOf: text,
          connection: text,
          variable: text,
          mount: text,
          lease: duration,
          longestLease: duration,
        },
        ['url', 'memberOf', 'connection'],
      ),
      audit: struct<VaultAudit>({ ...audit, authMount: text }, ['repository']),
    },
    ['address'],
  ),
);

/** The options of `SecretsProvider.awsSecretsManager`. */
export const AWS = unshown(
  struct<AwsSecretsManagerOptions>(
    {
      region: text,
      existing: record(text, '{ STRIPE_API_KEY: … }'),
      delivery: oneOf('AwsDelivery', AwsDelivery),
      roleArn: text,
      peer,
      audit: struct<AwsAudit>({ ...audit, account: text }, ['repository', 'account']),
    },
    ['region'],
  ),
);

/** The options of `SecretsProvider.sops`. */
export const SOPS = unshown(
  struct<SopsOptions>(
    {
      recipients: record(
        list(instance(SopsRecipient, "SopsRecipient.age('Alice', 'age1…')"), "[SopsRecipient.age('Alice', 'age1…')]"),
        "{ prod: [SopsRecipient.age('Alice', 'age1…')] }",
      ),
      format: oneOf('SopsFormat', SopsFormat),
    },
    ['recipients'],
  ),
);

/** The options of `SecretsProvider.githubActions`. */
export const GITHUB = unshown(
  struct<GithubActionsOptions>({
    environmentNames: record(text, '{ prod: … }'),
    unprotected: record(text, '{ prod: … }'),
    auditToken: text,
  }),
);
