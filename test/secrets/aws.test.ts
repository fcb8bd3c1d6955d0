import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Database, NodeServiceProject, Rotation, SecretsProvider } from '../../src';
import { AwsDelivery, type AwsSecretsManagerOptions, type GithubIds, type SecretsConfig } from '../../src/secrets';
import { ConfigType, Duration, NetworkPeer, ServiceProcess } from '../../src/service';
import { synth } from '../support/synth';

const PROD = 'infrastructure/aws/secrets-prod.yaml';

function orders(declare: (config: SecretsConfig) => void, options: Partial<AwsSecretsManagerOptions> = {}) {
  return synth((outdir) => {
    const service = new NodeServiceProject({ name: 'orders', database: Database.NONE, example: false, outdir });
    declare(service.config);
    service.secrets.use(SecretsProvider.awsSecretsManager({ region: 'eu-west-1', ...options }), {
      environments: ['prod'],
    });
    return service;
  });
}

const template = (...args: Parameters<typeof orders>) => parse(orders(...args)[PROD] ?? '');
const charge = (config: SecretsConfig) => config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });

/** What a policy lets its bearer do, by action. */
function rights({
  Properties,
}: {
  Properties: { PolicyDocument: { Statement: Statement[] } };
}): Record<string, unknown> {
  return Object.fromEntries(
    Properties.PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => [action, Resource]),
    ),
  );
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

describe('secrets in AWS', () => {
  test('are made by a template that holds no value and outlives its stack', () => {
    const { Resources } = template(charge);
    expect(Resources.StripeApiKey).toMatchObject({
      Type: 'AWS::SecretsManager::Secret',
      DeletionPolicy: 'Retain',
      Properties: { Name: 'orders/prod/STRIPE_API_KEY', Description: 'Charges cards', KmsKeyId: { Ref: 'Key' } },
    });
    expect(Object.keys(Resources.StripeApiKey.Properties)).not.toEqual(
      expect.arrayContaining(['SecretString', 'GenerateSecretString']),
    );
    expect(Resources.Key.Properties.EnableKeyRotation).toBe(true);
  });

  test('are each named in the rights to read, to rotate and to audit, and nothing else is', () => {
    const { Resources } = template(charge);
    const mine = [{ Ref: 'StripeApiKey' }];
    const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
    expect(rights(Resources.ReadSecrets)).toEqual({
      'secretsmanager:BatchGetSecretValue': '*',
      'secretsmanager:GetSecretValue': mine,
      'kms:Decrypt': key,
    });
    expect(rights(Resources.RotateSecrets)).toEqual({
      'secretsmanager:GetSecretValue': mine,
      'secretsmanager:ListSecretVersionIds': mine,
      'secretsmanager:PutSecretValue': mine,
      'kms:Decrypt': key,
      'kms:GenerateDataKey': key,
    });
    expect(rights(Resources.AuditSecrets)).toEqual({ 'secretsmanager:ListSecretVersionIds': mine });
  });

  test('of one process are nobody else’s to read', () => {
    const { Resources } = template((config) => {
      charge(config);
      config.add('OWNER_URL', { secret: true, description: 'Opens the schema' });
      config.service.state(
        ServiceProcess.job('migrate', { command: ['x'], description: 'x', ownVariables: ['OWNER_URL'] }),
      );
    });
    expect(rights(Resources.ReadSecrets)['secretsmanager:GetSecretValue']).toEqual([{ Ref: 'StripeApiKey' }]);
    expect(rights(Resources.ReadSecretsOfMigrate)['secretsmanager:GetSecretValue']).toEqual([{ Ref: 'OwnerUrl' }]);
  });

  test('are read by a process that says which, and it reads no other', () => {
    const { Resources } = template((config) => {
      charge(config);
      config.add('OWNER_URL', { secret: true, description: 'Opens the schema' });
      const props = { command: ['x'], description: 'x' };
      config.service.state(ServiceProcess.job('migrate', { ...props, sharedSecrets: ['OWNER_URL'] }));
      config.service.state(ServiceProcess.job('tidy', { ...props, sharedSecrets: [] }));
    });
    expect(rights(Resources.ReadSecretsOfMigrate)['secretsmanager:GetSecretValue']).toEqual([{ Ref: 'OwnerUrl' }]);
    expect(Resources.ReadSecretsOfMigrate.Properties.Description).toContain('instead of ReadSecrets');
    expect(Object.keys(Resources)).not.toContain('ReadSecretsOfTidy');
  });

  test('that exist are read and not made', () => {
    const files = orders(charge, { existing: { STRIPE_API_KEY: 'shared/stripe#apiKey' } });
    const { Resources } = parse(files[PROD] ?? '');
    expect(Object.keys(Resources)).toEqual(['ReadSecrets', 'RotateSecrets', 'AuditSecrets']);
    expect(rights(Resources.ReadSecrets)['secretsmanager:GetSecretValue']).toEqual([
      {
        'Fn::Sub': 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shared/stripe-??????',
      },
    ]);
    expect(files['src/platform/config.ts']).toContain(
      "secrets: { STRIPE_API_KEY: { id: 'shared/stripe', property: 'apiKey' } }",
    );
    expect(files['.env.prod']).toContain('from AWS Secrets Manager in eu-west-1, shared/stripe#apiKey');
  });

  test('that are generated keys are made and rotated by AWS itself, and those that nobody replaces are not', () => {
    const { Resources } = template((config) => {
      charge(config);
      const props = { secret: true, type: ConfigType.keys(), rotation: Rotation.generatedKey(), description: 'Signs' };
      config.add('SESSION_KEYS', { ...props, rotateEvery: Duration.days(30) });
      config.add('OLD_KEYS', props);
      config.neverRotate('OLD_KEYS', 'they only verify');
    });
    expect(Object.keys(Resources).filter((name) => name.endsWith('Rotation'))).toEqual(['SessionKeysRotation']);
    expect(Resources.SessionKeysRotation).toMatchObject({
      Properties: {
        SecretId: { Ref: 'SessionKeys' },
        RotationLambdaARN: { 'Fn::GetAtt': ['RotateKeys', 'Arn'] },
        RotationRules: { AutomaticallyAfterDays: 30 },
      },
    });
    expect(Resources.SessionKeys.Properties.GenerateSecretString).toMatchObject({ PasswordLength: 64 });
    expect(Resources.RotateKeys.Properties.Code.ZipFile).toContain("case 'createSecret'");
    const { Statement } = Resources.RotateKeysRole.Properties.Policies[0].PolicyDocument;
    expect(Statement[0].Resource).toEqual([{ Ref: 'SessionKeys' }]);
    expect(Resources.RotateKeysPermission.Properties).toMatchObject({
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
    // A person replaces this one, and a login needs one who reaches the database.
    expect(Object.keys(template(charge).Resources).filter((name) => /^RotateKeys|Rotation$/.test(name))).toEqual([]);
    expect(rights(Resources.RotateSecrets)['secretsmanager:PutSecretValue']).not.toContainEqual({ Ref: 'OldKeys' });
  });

  test('are read with the SDK, whose version is the one that is tested', () => {
    const files = orders(charge);
    expect(JSON.parse(files['package.json'] ?? '').dependencies).toHaveProperty(['@aws-sdk/client-secrets-manager']);
    expect(files).toHaveProperty(['src/platform/aws-secrets-manager/provider.ts']);
    expect(files['.env.example']).toContain('AWS_ENDPOINT_URL_SECRETS_MANAGER');
  });

  test('that something else mounts leave AWS out of the service', () => {
    const files = orders(charge, { delivery: AwsDelivery.OPERATOR });
    const { dependencies = {}, devDependencies } = JSON.parse(files['package.json'] ?? '');
    expect(dependencies).not.toHaveProperty(['@aws-sdk/client-secrets-manager']);
    expect(devDependencies).toHaveProperty(['@aws-sdk/client-secrets-manager']);
    expect(files['src/platform/config.ts']).toContain('export const providers = {} satisfies Providers;');
    expect(files['tools/secret-stores.ts']).toContain("from './secrets-aws/store.js'");
    expect(files['.env.example']).not.toContain('AWS_ENDPOINT_URL_SECRETS_MANAGER');
  });

  test('are what an operator in a cluster needs to know', () => {
    const project = (outdir: string) => {
      const service = new NodeServiceProject({ name: 'orders', database: Database.NONE, outdir });
      charge(service.config);
      service.secrets.use(SecretsProvider.awsSecretsManager({ region: 'eu-west-1' }), { environments: ['prod'] });
      const [store] = service.service.secretStores;
      expect(store).toMatchObject({
        store: 'aws',
        environment: 'prod',
        storeKind: 'aws-secrets-manager',
        settings: { region: 'eu-west-1' },
        delivery: 'service',
      });
      expect(service.service.tryFindSecretReference('STRIPE_API_KEY', 'prod')).toMatchObject({
        store: 'aws',
        key: 'orders/prod/STRIPE_API_KEY',
      });
      return service;
    };
    synth(project);
  });

  describe('in a cluster', () => {
    const ROLE = 'arn:aws:iam::123456789012:role/orders';
    const overlay = (files: Record<string, string>, file: string) =>
      parse(files[`k8s/overlays/prod/${file}.yaml`] ?? '');

    test('come by one way: the service reads them, or an operator mounts them', () => {
      const read = orders(charge);
      expect(Object.keys(read).filter((path) => /external-secret|secret-store-/.test(path))).toEqual([]);
      expect(read['k8s/base/deployment-web.yaml']).not.toContain('STRIPE_API_KEY');
      expect(JSON.stringify(overlay(read, 'deployment-web'))).not.toContain('STRIPE_API_KEY');
      expect(read['src/platform/config.ts']).toContain("from './aws-secrets-manager/provider.js'");
      const mounted = orders(charge, { delivery: AwsDelivery.OPERATOR });
      expect(overlay(mounted, 'external-secret-aws').spec.data).toMatchObject([{ secretKey: 'STRIPE_API_KEY' }]);
      expect(mounted['k8s/base/deployment-web.yaml']).toContain('STRIPE_API_KEY_FILE');
      expect(mounted).not.toHaveProperty(['k8s/overlays/prod/network-policy-web.yaml']);
    });

    test('are reached by the pods that read them, in that environment only', () => {
      const ports = ({ egress }: { egress: { ports: { port: number }[] }[] }) =>
        egress.map(({ ports: [one] }) => one?.port);
      const files = orders(charge);
      const { spec } = overlay(files, 'network-policy-web');
      expect(ports(spec)).toEqual([443, 80]);
      expect(spec.egress[1].to).toEqual([{ ipBlock: { cidr: '169.254.170.23/32' } }]);
      expect(parse(files['k8s/base/network-policy-web.yaml'] ?? '').spec.egress).toBeUndefined();
      expect(files).not.toHaveProperty(['k8s/overlays/staging/network-policy-web.yaml']);
      const narrow = orders(charge, { peer: NetworkPeer.cidr('10.1.0.0/28'), roleArn: ROLE });
      expect(overlay(narrow, 'network-policy-web').spec.egress).toEqual([
        { to: [{ ipBlock: { cidr: '10.1.0.0/28' } }], ports: [{ protocol: 'TCP', port: 443 }] },
      ]);
    });

    test.each(Object.values(AwsDelivery))('are had in the role of the service account, by %s', (delivery) => {
      const files = orders(charge, { roleArn: ROLE, delivery });
      const { annotations } = overlay(files, 'service-account').metadata;
      expect(annotations).toEqual({ 'eks.amazonaws.com/role-arn': ROLE });
      expect(files['tools/kubernetes/facts.json']).not.toContain('let the service account');
      expect(orders(charge)['tools/kubernetes/facts.json']).toContain(
        'let the service account orders in namespace orders',
      );
    });
  });

  test('are asked for their age by one workflow of one branch, in a role that sees nothing else', () => {
    const audit = { repository: 'acme/orders', account: '123456789012' };
    const { Resources } = template(charge, { audit });
    const { RoleName, ManagedPolicyArns, AssumeRolePolicyDocument } = Resources.AuditRole.Properties;
    expect(RoleName).toBe('orders-prod-secrets-audit');
    expect(ManagedPolicyArns).toEqual([{ Ref: 'AuditSecrets' }]);
    expect(AssumeRolePolicyDocument.Statement).toHaveLength(1);
    expect(AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'repo:acme/orders:ref:refs/heads/main',
      },
    });
    expect(template(charge).Resources).not.toHaveProperty('AuditRole');
    const files = orders(charge, { audit });
    expect(files['tools/secret-stores.ts']).toContain(
      "auditRole: 'arn:aws:iam::123456789012:role/orders-prod-secrets-audit'",
    );
    expect(files['src/platform/config.ts']).not.toContain('audit');
    expect(files).toHaveProperty(['.github/workflows/secrets.yml']);
    const named = template(charge, { audit: { ...audit, ids: { owner: 7, repository: 42 } } }).Resources;
    expect(JSON.stringify(named.AuditRole)).toContain('"repo:acme@7/orders@42:ref:refs/heads/main"');
    // As JavaScript may have them.
    const wrong = { owner: '7', repository: -1 } as unknown as GithubIds;
    expect(() => orders(charge, { audit: { ...audit, ids: wrong } })).toThrowErrorMatchingInlineSnapshot(`
      [ContradictionError: service "orders" has 2 problems; nothing was written

        1. SecretsProvider.awsSecretsManager in eu-west-1, audit, ids.owner: is no number that GitHub gives (got "7")
           fix: give the numbers that gh api repos/acme/orders --jq '.owner.id, .id' prints
        2. SecretsProvider.awsSecretsManager in eu-west-1, audit, ids.repository: is no number that GitHub gives (got -1)
           fix: give the numbers that gh api repos/acme/orders --jq '.owner.id, .id' prints
      ]
    `);
    expect(() => orders(charge, { audit: { repository: 'orders', account: '12', branch: '*' } })).toThrow(
      /names no account[\s\S]*names no branch[\s\S]*names no repository of GitHub/,
    );
  });

  test('need no template where there are none', () => {
    expect(orders(() => undefined)).not.toHaveProperty([PROD]);
  });

  test('are refused all at once where what is said of them cannot be', () => {
    const options = {
      region: 'Ireland',
      existing: { STRIPE_API_KEY: 'no name', STRIPE_KEY: 'x' },
      roleArn: 'orders',
    };
    expect(() => orders(charge, options)).toThrow(
      /names no AWS region[\s\S]*names no role[\s\S]*says where something is that is no secret[\s\S]*is neither the name nor the ARN/,
    );
  });
});
