import { javascript, Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { Delivery } from '../../src/delivery';
import { Guides } from '../../src/guides';
import { AwsDelivery, SecretsConfig, SecretsProvider } from '../../src/secrets';
import {
  ConfigType,
  Duration,
  type Fact,
  Metric,
  MetricSource,
  Rotation,
  SecretDelivery,
  SecretReference,
  SecretStore,
  Service,
  Waiver,
} from '../../src/service';
import { variable } from '../service/support';
import { synth } from '../support/synth';
import { nodeConfig } from './support';

const url = ConfigType.url({ schemes: ['postgresql'] });

function runbook(declare: (config: SecretsConfig) => void, owner?: string): string {
  const files = synth((outdir) => {
    const project = new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' });
    new Service(project, { owner });
    new Guides(project);
    declare(new SecretsConfig(project));
    return project;
  });
  return files['docs/runbooks/rotate-a-secret.md'] ?? '';
}

describe('the runbook of rotation', () => {
  test('says of each secret when, how and by whom it is replaced', () => {
    const text = runbook((config) => {
      config.add('STRIPE_API_KEY', { secret: true, description: 'x', rotatedBy: 'team-payments' });
      config.add('DATABASE_URL', { secret: true, description: 'x', type: url, rotation: Rotation.databaseLogin() });
      config.add('PARTNER', { secret: true, description: 'x' });
      config.neverRotate('PARTNER', 'the partner cannot change it');
    }, 'team-orders');
    expect(text).toContain('| `STRIPE_API_KEY` | every 90d | by a person | team-payments | no |');
    expect(text).toContain('| `DATABASE_URL` | every 90d | two logins that take turns | team-orders | yes |');
    expect(text).toContain('| `PARTNER` | never: the partner cannot change it |');
  });

  test('explains the ways that this service needs, and no other', () => {
    const manual = runbook((config) => config.add('KEY', { secret: true, description: 'x' }));
    expect(manual).toContain('## A secret that a person replaces');
    expect(manual).not.toMatch(/## A (generated key|database login)/);
    const keys = runbook((config) =>
      config.add('KEYS', {
        secret: true,
        description: 'x',
        type: ConfigType.keys(),
        rotation: Rotation.generatedKey(),
      }),
    );
    expect(keys).toContain('## A generated key');
    expect(keys).not.toContain('## A secret that a person replaces');
    expect(runbook(() => undefined)).toContain('This service has no secrets.');
  });
});

describe('where the runbook says who looks for overdue secrets', () => {
  const runbookOf = (stores: SecretStore[]) =>
    synth((outdir) => {
      const project = new javascript.NodeProject({ name: 'orders', outdir, defaultReleaseBranch: 'main' });
      new Guides(project);
      new Delivery(project);
      new SecretsConfig(project).add('KEY', { secret: true, description: 'x' });
      for (const store of stores) {
        Service.of(project).state(store);
      }
      return project;
    })['docs/runbooks/rotate-a-secret.md'];
  const store = (environment: string, settings: Record<string, string>) =>
    new SecretStore('vault', { environment, storeKind: 'vault', title: 'Vault', settings });

  test('it names who looks in each environment, and why not the workflow', () => {
    const text = runbookOf([store('staging', {}), store('prod', { auditRole: 'orders-prod-audit' })]);
    expect(text).toContain('| prod | Vault | the workflow `.github/workflows/secrets.yml`, every working day |');
    expect(text).toContain(
      '| staging | Vault | whoever runs `npx projen secrets:check staging`, which asks the store, since the store has no `audit` or `auditToken` for the workflow |',
    );
  });

  test('it says nothing of a workflow where there is none', () => {
    expect(runbookOf([store('prod', {})])).not.toContain('workflow');
  });

  test('it admits that nobody can tell where files are all there is', () => {
    const text = runbookOf([]);
    expect(text).toContain('| prod | the platform | nobody can: a file does not say how old it is.');
  });
});

describe('the alert about overdue secrets', () => {
  const CHANGED = 'secret_changed_timestamp_seconds';

  /** What it asks, in a service that is observed. */
  function alertOf(declare: (config: SecretsConfig) => void, ...more: Fact[]) {
    const project = new javascript.NodeProject({ name: 'orders', outdir: '/tmp/x', defaultReleaseBranch: 'main' });
    const config = new SecretsConfig(project);
    config.add('KEY', { secret: true, description: 'x', rotateEvery: Duration.days(30) });
    config.add('TOKEN', { secret: true, description: 'x' });
    config.add('FIXED', { secret: true, description: 'x' });
    config.neverRotate('FIXED', 'nobody can');
    config.service.state(Metric.gauge('up', { help: 'x', source: MetricSource.EXTERNAL }));
    declare(config);
    for (const fact of more) config.service.state(fact);
    return config.service.alerts.find(({ name }) => name === 'SecretOverdue');
  }

  const read = SecretsProvider.awsSecretsManager({ region: 'eu-west-1' });
  const mounted = SecretsProvider.awsSecretsManager({ region: 'eu-west-1', delivery: AwsDelivery.OPERATOR });

  test('is about what processes read themselves, each by its own period', () => {
    const alert = alertOf((config) => config.use(read, { environments: ['prod'] }));
    expect(alert).toMatchObject({ runbook: 'rotate-a-secret', severity: 'ticket' });
    expect(alert?.expression).toBe(
      [
        `time() - max by (variable) (${CHANGED}{job="orders", variable=~"KEY"}) > 30 * 86400`,
        `time() - max by (variable) (${CHANGED}{job="orders", variable=~"TOKEN"}) > 90 * 86400`,
      ].join('\nor\n'),
    );
  });

  test('leaves out what is mounted in every environment', () => {
    const alert = alertOf((config) => {
      config.use(read, { environments: ['prod'], variables: ['KEY'] });
      config.use(SecretsProvider.platform(), { environments: ['prod'] });
    });
    expect(alert?.expression).toContain('variable=~"KEY"');
    expect(alert?.expression).not.toContain('TOKEN');
  });

  test.each([
    ['files are all there is', () => undefined],
    ['External Secrets mounts them', (config: SecretsConfig) => config.use(mounted, { environments: ['prod'] })],
    [
      'SOPS keeps them',
      (config: SecretsConfig) => config.use(SecretsProvider.sops({ recipients: {} }), { environments: ['prod'] }),
    ],
  ])('does not exist, rather than be silent for ever, where %s', (_, declare) => {
    expect(alertOf(declare)).toBeUndefined();
  });

  test('can be waived', () => {
    const use = (config: SecretsConfig) => config.use(read, { environments: ['prod'] });
    expect(alertOf(use, new Waiver('alert', { subject: 'SecretOverdue', reason: 'asked elsewhere' }))).toBeUndefined();
  });
});

test('the verbs know how long processes take to read what was written, by who brings it', () => {
  const facts = nodeConfig(
    variable('A', { secret: true }),
    ...[SecretDelivery.SERVICE, SecretDelivery.MOUNTED].flatMap((delivery, index) => {
      const environment = ['staging', 'prod'][index]!;
      return [
        new SecretStore('vault', { environment, storeKind: 'vault', title: 'Vault', delivery }),
        new SecretReference('A', { environment, store: 'vault', key: 'a', property: 'value' }),
      ];
    }),
  )['tools/secrets/facts.json'];
  const { variables } = JSON.parse(facts ?? '');
  const { rotation } = variables.find(({ name }: { name: string }) => name === 'A');
  expect(rotation.settledSeconds).toEqual({ staging: 120, prod: 540 });
});

describe('logins that take turns', () => {
  test('are refused for what is the URL of no such database', () => {
    const rotation = Rotation.databaseLogin();
    const redis = ConfigType.url({ schemes: ['redis'] });
    expect(() => nodeConfig(variable('A_URL', { secret: true, type: redis, rotation }))).toThrow(
      'config variable A_URL (stated by .projenrc.ts): rotates by two logins that take turns, which is for URLs of PostgreSQL, MySQL and MariaDB only',
    );
    expect(() => nodeConfig(variable('TEXT', { secret: true, rotation }))).toThrow('MySQL and MariaDB only');
  });

  test('bring a driver to the tools, where there are any', () => {
    const files = nodeConfig(variable('A_URL', { secret: true, type: url, rotation: Rotation.databaseLogin() }));
    expect(files['tools/secret-stores.ts']).toContain("from './secrets-postgresql/logins.js'");
    expect(files['tools/secret-stores.ts']).toContain('DatabaseLogins[] = [postgresqlLogins];');
    expect(JSON.parse(files['package.json'] ?? '').devDependencies).toHaveProperty('pg');
    const without = nodeConfig(variable('KEY', { secret: true }));
    expect(Object.keys(without).filter((path) => /secrets-postgresql/.test(path))).toEqual([]);
    expect(without['tools/secret-stores.ts']).toContain('databaseLogins: readonly DatabaseLogins[] = [];');
    const mysql = ConfigType.url({ schemes: ['mysql', 'mariadb'] });
    const both = nodeConfig(
      variable('A_URL', { secret: true, type: url, rotation: Rotation.databaseLogin() }),
      variable('B_URL', { secret: true, type: mysql, rotation: Rotation.databaseLogin() }),
    );
    expect(both['tools/secret-stores.ts']).toContain('DatabaseLogins[] = [mysqlLogins, postgresqlLogins];');
    expect(JSON.parse(both['package.json'] ?? '').devDependencies).toHaveProperty('mariadb');
  });
});

test('no generated file takes up what the shell of whoever runs projen has', () => {
  const canary = 'c4n4ry-of-the-shell';
  const names = ['STRIPE_API_KEY', 'STRIPE_API_KEY_FILE', 'AWS_SECRET_ACCESS_KEY', 'ADMIN_DATABASE_URL'];
  try {
    for (const name of names) {
      process.env[name] = canary;
    }
    const node = nodeConfig(variable('STRIPE_API_KEY', { secret: true }));
    const plain = synth((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      new SecretsConfig(project).add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
      return project;
    });
    for (const files of [node, plain]) {
      expect(Object.keys(files).filter((path) => files[path]?.includes(canary))).toEqual([]);
    }
  } finally {
    for (const name of names) {
      delete process.env[name];
    }
  }
});
