import type { ConfigVariableProps } from '../service';
import { AwsDelivery } from './aws/aws-delivery';
import { ANYTHING, checkShape, FLAG, instance, listOf, NAMED_TEXTS, named, OBJECT, oneOf, TEXT, TEXTS } from './shape';
import { SopsFormat } from './sops/sops-format';
import { VaultDelivery } from './vault/vault-delivery';

const DURATION = instance('a Duration, such as Duration.days(90)', 'toMillis');
const PEER = instance('a NetworkPeer', 'flaw');
const WORKFLOW = { required: { repository: TEXT }, optional: { branch: TEXT, ids: OBJECT } };

export function checkUse(provider: unknown, options: unknown): void {
  const place = 'service.secrets.use(provider, options)';
  checkShape(
    place,
    { provider },
    { required: { provider: instance('one of SecretsProvider, such as SecretsProvider.platform()', 'attach') } },
  );
  checkShape(place, options, { required: { environments: TEXTS }, optional: { variables: TEXTS } });
  const { environments, variables } = options as { environments: string[]; variables?: string[] };
  const twice = environments.find((name, position) => environments.indexOf(name) < position);
  if (twice !== undefined) {
    throw new Error(`${place}: names the environment ${JSON.stringify(twice)} twice; name it once`);
  }
  if (variables?.length === 0) {
    throw new Error(
      `${place}: variables is an empty list, so the store keeps nothing; leave it out, and it keeps every secret`,
    );
  }
}

export function checkVariable(name: unknown, props: ConfigVariableProps): void {
  checkShape('service.config.add(name, props)', { name }, { required: { name: TEXT } });
  checkShape(`service.config.add('${name}', …)`, props, {
    optional: {
      group: ANYTHING,
      defaultValue: ANYTHING,
      optionalIn: TEXTS,
      statedBy: TEXT,
      providedBy: OBJECT,
      type: instance('a ConfigType, such as ConfigType.integer()', 'shape'),
      secret: FLAG,
      optional: FLAG,
      values: OBJECT,
      requiredIn: TEXTS,
      rotateEvery: DURATION,
      rotation: instance('a Rotation, such as Rotation.manual()', 'method'),
      rotatedBy: TEXT,
      description: TEXT,
      example: TEXT,
    },
  });
}

export function checkVault(options: unknown): void {
  const place = 'SecretsProvider.vault(options)';
  checkShape(place, options, {
    required: { address: TEXT },
    optional: {
      delivery: oneOf('VaultDelivery', VaultDelivery),
      peer: PEER,
      mount: TEXT,
      path: TEXT,
      role: TEXT,
      authMount: TEXT,
      kubernetesNamespace: TEXT,
      serviceAccount: TEXT,
      namespace: TEXT,
      databaseLogin: OBJECT,
      audit: OBJECT,
    },
  });
  const { databaseLogin, audit } = options as { databaseLogin?: object; audit?: object };
  if (databaseLogin !== undefined) {
    checkShape(`${place}, databaseLogin`, databaseLogin, {
      required: { url: TEXT, memberOf: TEXT, connection: TEXT },
      optional: { variable: TEXT, mount: TEXT, lease: DURATION, longestLease: DURATION },
    });
  }
  if (audit !== undefined) {
    checkShape(`${place}, audit`, audit, { ...WORKFLOW, optional: { ...WORKFLOW.optional, authMount: TEXT } });
  }
}

export function checkAws(options: unknown): void {
  const place = 'SecretsProvider.awsSecretsManager(options)';
  checkShape(place, options, {
    required: { region: TEXT },
    optional: {
      existing: NAMED_TEXTS,
      delivery: oneOf('AwsDelivery', AwsDelivery),
      roleArn: TEXT,
      peer: PEER,
      audit: OBJECT,
    },
  });
  const { audit } = options as { audit?: object };
  if (audit !== undefined) {
    checkShape(`${place}, audit`, audit, { ...WORKFLOW, required: { ...WORKFLOW.required, account: TEXT } });
  }
}

export function checkSops(options: unknown): void {
  const recipient = instance('a SopsRecipient', 'keyKind');
  checkShape('SecretsProvider.sops(options)', options, {
    required: {
      recipients: named(
        listOf(recipient, 'a list'),
        "lists of SopsRecipient by environment, such as { prod: [SopsRecipient.age('Alice', 'age1…')] }",
      ),
    },
    optional: { format: oneOf('SopsFormat', SopsFormat) },
  });
}

export function checkGithub(options: unknown): void {
  checkShape('SecretsProvider.githubActions(options)', options, {
    optional: { environmentNames: NAMED_TEXTS, unprotected: NAMED_TEXTS, auditToken: TEXT },
  });
}
