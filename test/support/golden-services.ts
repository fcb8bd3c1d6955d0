import {
  AwsDelivery,
  BackupStore,
  ConfigType,
  Database,
  Duration,
  ErrorTracking,
  NetworkPeer,
  NodeServiceProject,
  PointInTimeRecovery,
  Rotation,
  SecretsProvider,
  SopsRecipient,
  TelemetryBackend,
  VaultDelivery,
  WorkloadIdentity,
} from '../../src';
import { age } from './age-keys';

const pods = WorkloadIdentity.eksPodIdentity();

/**
 * The services whose generated files are reviewed as real files below `test/golden`.
 */
export const goldenServices: Record<string, (outdir: string) => NodeServiceProject> = {
  /** What a new user gets. */
  default: (outdir) => new NodeServiceProject({ name: 'orders', outdir }),

  /** The other embedded database, and one route instead of the example. */
  'sqlite-minimal': (outdir) =>
    new NodeServiceProject({ name: 'notes', database: Database.SQLITE, example: false, outdir }),

  /** Everything off: a bare Fastify service remains. */
  bare: (outdir) =>
    new NodeServiceProject({
      name: 'hello',
      database: Database.NONE,
      observability: { enabled: false },
      container: { enabled: false },
      delivery: { enabled: false },
      kubernetes: { enabled: false },
      guides: { enabled: false },
      outdir,
    }),

  /** Every moment of the past can be had, from two regions. */
  archived: (outdir) =>
    new NodeServiceProject({
      name: 'ledger',
      example: false,
      delivery: { enabled: false },
      backup: {
        rpo: Duration.minutes(5),
        pointInTime: PointInTimeRecovery.archive({ window: Duration.days(14) }),
        store: BackupStore.s3({ region: 'eu-west-1', identity: pods }),
        copyTo: BackupStore.s3({ region: 'eu-central-1', identity: pods }),
      },
      outdir,
    }),

  /** Signals that go to a backend of every kind, of a service that is otherwise bare. */
  signals: (outdir) => {
    const elsewhere = [
      TelemetryBackend.datadog({ site: 'datadoghq.eu' }),
      TelemetryBackend.elasticsearch({ endpoint: 'https://elastic.acme.com:9200' }),
      TelemetryBackend.openSearch({ endpoint: 'https://search.acme.com', username: 'collector' }),
    ];
    return new NodeServiceProject({
      name: 'tracking',
      owner: 'team-tracking',
      database: Database.NONE,
      observability: {
        collector: {
          traces: [
            TelemetryBackend.tempo({ endpoint: 'tempo.monitoring:4317', plaintext: true }),
            TelemetryBackend.jaeger({ endpoint: 'jaeger.monitoring:4317', plaintext: true }),
            TelemetryBackend.otlp('honeycomb', {
              endpoint: 'https://api.honeycomb.io',
              tokenFile: '/etc/otelcol/secrets/honeycomb-token',
            }),
            ...elsewhere,
          ],
          logs: [
            TelemetryBackend.loki({ endpoint: 'https://logs.acme.com/otlp', username: '4711' }),
            TelemetryBackend.cloudWatchLogs({ region: 'eu-west-1' }),
            ...elsewhere,
          ],
          tailSampling: { slowerThan: Duration.millis(500) },
          endpoints: {
            staging: 'http://otel-collector.monitoring:4318',
            prod: 'http://otel-collector.monitoring:4318',
          },
          peer: NetworkPeer.inCluster({
            namespace: 'monitoring',
            podLabels: { 'app.kubernetes.io/name': 'otel-collector' },
          }),
        },
        retention: { logs: Duration.days(90), traces: Duration.days(14) },
        errorTracking: ErrorTracking.sentry(),
      },
      container: { enabled: false },
      delivery: { enabled: false },
      kubernetes: { enabled: false },
      outdir,
    });
  },

  /** Secrets in AWS Secrets Manager, of every way to rotate; those of the database and its backups among them. */
  aws: (outdir) => {
    const service = new NodeServiceProject({
      name: 'billing',
      owner: 'team-billing',
      example: false,
      observability: { enabled: false },
      container: { enabled: false },
      delivery: { enabled: false },
      outdir,
    });
    service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards', group: 'stripe' });
    service.config.add('SESSION_KEYS', {
      secret: true,
      type: ConfigType.keys(),
      description: 'Signs sessions',
      rotation: Rotation.generatedKey(),
      rotateEvery: Duration.days(30),
    });
    service.config.add('PARTNER_PASSWORD', { secret: true, optional: true, description: 'Opens the partner’s door' });
    service.secrets.neverRotate('PARTNER_PASSWORD', 'the partner cannot change it');
    service.secrets.use(SecretsProvider.awsSecretsManager({ region: 'eu-central-1', delivery: AwsDelivery.OPERATOR }), {
      environments: ['staging'],
    });
    service.secrets.use(
      SecretsProvider.awsSecretsManager({
        region: 'eu-west-1',
        existing: { PARTNER_PASSWORD: 'shared/partners#billing' },
        roleArn: 'arn:aws:iam::123456789012:role/billing-prod',
        audit: { repository: 'acme/billing', account: '123456789012' },
      }),
      { environments: ['prod'] },
    );
    return service;
  },

  /** Secrets in files that SOPS encrypts, for a service that is otherwise bare. */
  sops: (outdir) => {
    const service = bareService('billing', outdir);
    service.config.add('STRIPE_API_KEY', {
      secret: true,
      description: 'Charges cards',
      requiredIn: ['staging', 'prod'],
    });
    service.config.add('SESSION_KEYS', { secret: true, description: 'Signs sessions', type: ConfigType.keys() });
    service.secrets.use(
      SecretsProvider.sops({
        recipients: {
          staging: [SopsRecipient.age('Alice', age.alice), SopsRecipient.age('staging cluster', age.staging)],
          prod: [
            SopsRecipient.age('production cluster', age.prod),
            SopsRecipient.pgp('on call', '85D77543B3D624B63CEA9E6DBC17301B491B3F21'),
          ],
        },
      }),
      { environments: ['staging', 'prod'] },
    );
    return service;
  },

  /** Secrets in Vault, with a login to the database that Vault makes; the agent brings those of staging. */
  vault: (outdir) => {
    const service = bareService('billing', outdir, Database.POSTGRESQL);
    service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
    const databaseLogin = { connection: 'ledger', memberOf: 'billing_app' };
    service.secrets.use(
      SecretsProvider.vault({
        address: 'https://vault.staging.internal:8200',
        delivery: VaultDelivery.AGENT,
        databaseLogin: { ...databaseLogin, url: 'postgresql://db.staging.internal:5432/ledger' },
      }),
      { environments: ['staging'] },
    );
    service.secrets.use(
      SecretsProvider.vault({
        address: 'https://vault.internal:8200',
        peer: NetworkPeer.inCluster({ namespace: 'vault', podLabels: { 'app.kubernetes.io/name': 'vault' } }),
        audit: { repository: 'acme/billing' },
        databaseLogin: { ...databaseLogin, url: 'postgresql://db.internal:5432/ledger' },
      }),
      { environments: ['prod'] },
    );
    return service;
  },

  /** Secrets in GitHub's environments. */
  'github-actions': (outdir) => {
    const service = bareService('billing', outdir);
    service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
    service.config.add('PUBLIC_URL', {
      type: ConfigType.url(),
      description: 'Where browsers reach it',
      values: { dev: 'http://localhost:3000', test: 'http://localhost:3000' },
    });
    service.secrets.use(SecretsProvider.githubActions(), { environments: ['staging', 'prod'] });
    return service;
  },

  /** Every kind of store in one service, three of them in one environment; and values, of every kind, that environments have of their own. */
  'every-store': (outdir) => {
    const service = bareService('billing', outdir);
    service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
    service.config.add('SESSION_KEYS', { secret: true, description: 'Signs sessions', type: ConfigType.keys() });
    service.config.add('DEPLOY_WEBHOOK', {
      secret: true,
      description: 'Told of each deployment',
      type: ConfigType.url(),
      requiredIn: ['prod'],
    });
    service.config.add('PUBLIC_URL', {
      type: ConfigType.url({ schemes: ['https', 'http'] }),
      description: 'Where browsers reach it',
      values: {
        dev: 'http://localhost:3000',
        test: 'http://localhost:3000',
        staging: 'https://staging.acme.com/billing?from=mail',
        prod: 'https://acme.com/billing?from=mail',
      },
    });
    service.config.add('INVOICE_PAGE_SIZE', {
      type: ConfigType.integer({ min: 1, max: 500 }),
      defaultValue: 20,
      description: 'Invoices on a page',
      values: { prod: 100 },
    });
    service.config.add('PAYMENT_TIMEOUT', {
      type: ConfigType.duration(),
      defaultValue: Duration.seconds(10),
      description: 'How long a payment may take',
      values: { prod: Duration.millis(2500) },
    });
    service.config.add('REMINDERS_ENABLED', {
      type: ConfigType.boolean(),
      defaultValue: false,
      description: 'Whether customers are reminded',
      values: { prod: true },
    });
    service.config.add('CURRENCIES', {
      type: ConfigType.list(),
      defaultValue: ['EUR'],
      description: 'What may be paid with',
      values: { prod: ['EUR', 'USD', 'CHF'] },
    });
    service.config.add('TAX_RATES', {
      type: ConfigType.json(),
      description: 'By country, in percent',
      defaultValue: { de: 19 },
      values: { prod: { de: 19, fr: 20, note: 'since "2026"' } },
    });
    service.config.add('INVOICE_FOOTER', {
      description: 'The last lines of an invoice',
      defaultValue: 'Thank you!',
      values: { prod: "Acme Inc. #1, 'Main' St.\nVAT $12" },
    });
    service.secrets.use(SecretsProvider.sops({ recipients: { dev: [SopsRecipient.age('Alice', age.alice)] } }), {
      environments: ['dev'],
    });
    const audit = { repository: 'acme/billing' };
    const vault = { address: 'https://vault.internal:8200', audit };
    service.secrets.use(SecretsProvider.vault({ ...vault, delivery: VaultDelivery.OPERATOR }), {
      environments: ['staging'],
    });
    service.secrets.use(SecretsProvider.vault(vault), { environments: ['prod'] });
    const auditToken = 'SECRETS_AUDIT_TOKEN';
    service.secrets.use(SecretsProvider.githubActions({ auditToken }), {
      environments: ['prod'],
      variables: ['DEPLOY_WEBHOOK'],
    });
    service.secrets.use(
      SecretsProvider.awsSecretsManager({ region: 'eu-west-1', audit: { ...audit, account: '123456789012' } }),
      { environments: ['prod'], variables: ['SESSION_KEYS'] },
    );
    return service;
  },
};

function bareService(name: string, outdir: string, database = Database.NONE): NodeServiceProject {
  return new NodeServiceProject({
    name,
    database,
    example: false,
    backup: { enabled: false },
    observability: { enabled: false },
    guides: { enabled: false },
    outdir,
  });
}
