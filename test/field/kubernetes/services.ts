import { ApiObject, App, Chart } from 'cdk8s';
import {
  BackingService,
  BackupStore,
  Cpu,
  Cron,
  Database,
  Duration,
  type Fact,
  K8sIngress,
  K8sRollout,
  Memory,
  Metric,
  NetworkPeer,
  NodeServiceProject,
  type NodeServiceProjectOptions,
  PointInTimeRecovery,
  SecretReference,
  SecretStore,
  WorkloadIdentity,
} from '../../../src';

const digest = (of: string) => `sha256:${of.repeat(64)}`;
const DATABASE = NetworkPeer.inCluster({ namespace: 'data', podLabels: { 'app.kubernetes.io/name': 'postgresql' } });
const ENVIRONMENTS = ['staging', 'prod'];

/** A store for every secret that pods mount. */
function kept(
  storeKind: string,
  settings: Record<string, string>,
  variables: string[],
  accountAnnotations: Record<string, string> = {},
): Fact[] {
  return ENVIRONMENTS.flatMap((environment) => [
    new SecretStore('main', { environment, storeKind, title: 'The store', settings, accountAnnotations }),
    ...variables.map(
      (variable) => new SecretReference(variable, { environment, store: 'main', key: `${environment}/${variable}` }),
    ),
  ]);
}

const BACKUPS = {
  storeUrl: 's3://acme-backups',
  copyUrl: 's3://acme-backups-elsewhere',
  pushgatewayUrl: 'http://pushgateway.monitoring:9091',
  recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
};

const BACKUP_ROLES = WorkloadIdentity.irsa(
  Object.fromEntries(ENVIRONMENTS.map((name) => [name, `arn:aws:iam::123456789012:role/orders-backups-${name}`])),
);

/** What the processes of backups mount. */
const BACKUP_SECRETS = [
  'BACKUP_DATABASE_URL',
  'BACKUP_DRILL_DATABASE_URL',
  'BACKUP_IDENTITY',
  'BACKUP_REPLICATION_URL',
];

function service(options: NodeServiceProjectOptions, facts: Fact[]): NodeServiceProject {
  const project = new NodeServiceProject({ example: false, ...options });
  project.config.add('REDIS_URL', { secret: true, description: 'Where the cache is' });
  project.config.add('BANK_URL', { description: 'Where the bank is', defaultValue: 'https://bank.example.com' });
  for (const fact of [
    ...facts,
    BackingService.redis({ peer: NetworkPeer.cidr('10.20.0.0/24') }),
    BackingService.http({ name: 'bank', urlVariable: 'BANK_URL', peer: NetworkPeer.anywhere('it moves') }),
  ]) {
    project.service.state(fact);
  }
  const limits = new Chart(new App(), 'limits');
  new ApiObject(limits, 'containers', {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'containers' },
    spec: { limits: [{ type: 'Container', max: { memory: '4Gi' } }] },
  });
  project.kubernetes?.addChart(limits);
  project.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail' });
  project.addScheduledJob('tidy', { schedule: Cron.daily(), command: ['node', 'dist/tidy.js'], description: 'Tidies' });
  return project;
}

const settings = (host: string, of: string, optionalSecrets: string[] = []) => ({
  hosts: [host],
  imageDigest: digest(of),
  optionalSecrets,
});

/**
 * Services with everything configured, so that between them every object the manifests can have is there.
 */
export const deployedServices: Record<string, (outdir: string) => NodeServiceProject> = {
  /** A Gateway, Secrets Manager, Prometheus's operator, recommendations of resources, an archive of the database's log. */
  gateway: (outdir) =>
    service(
      {
        name: 'orders',
        outdir,
        backup: {
          rpo: Duration.minutes(5),
          pointInTime: PointInTimeRecovery.archive(),
          store: BackupStore.s3({ region: 'eu-west-1', identity: BACKUP_ROLES }),
          copyTo: BackupStore.s3({ region: 'eu-central-1', identity: BACKUP_ROLES }),
          server: {},
          environments: Object.fromEntries(ENVIRONMENTS.map((name) => [name, BACKUPS])),
        },
        kubernetes: {
          image: 'registry.example.com/shop/orders',
          peers: { postgresql: DATABASE, 'backup-database': DATABASE, drill: DATABASE },
          ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }),
          prometheusOperator: {
            selectorLabels: { release: 'monitoring' },
            prober: 'blackbox-exporter.monitoring:9115',
          },
          resourceRecommendations: true,
          resources: { web: { cpu: Cpu.millis(400), memory: Memory.mebibytes(640) } },
          environments: {
            staging: settings('orders.staging.example.com', 'a'),
            prod: {
              ...settings('orders.example.com', 'b', ['MIGRATION_DATABASE_URL']),
              peers: { postgresql: NetworkPeer.cidr('10.30.0.0/28') },
              replicas: { web: { min: 3, max: 6, minAvailable: 2 } },
              resources: { web: { memory: Memory.gibibytes(1) }, migrate: { cpu: Cpu.cores(1) } },
            },
          },
        },
      },
      kept(
        'aws-secrets-manager',
        { region: 'eu-west-1' },
        ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'REDIS_URL', ...BACKUP_SECRETS],
        { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/orders' },
      ),
    ),

  /** An ingress controller with certificates of Let's Encrypt, Vault, and probes on the public port. */
  controller: (outdir) =>
    service(
      {
        name: 'orders',
        outdir,
        web: { publicProbes: true },
        kubernetes: {
          image: 'registry.example.com/shop/orders',
          peers: { postgresql: DATABASE, drill: DATABASE },
          ingress: K8sIngress.controller({
            className: 'nginx',
            controllerNamespace: 'ingress-nginx',
            acmeEmail: 'ops@example.com',
          }),
          prometheusOperator: {},
          environments: {
            staging: settings('orders.staging.example.com', 'a'),
            prod: settings('orders.example.com', 'b'),
          },
        },
      },
      kept('vault', { address: 'https://vault.example.com' }, [
        'DATABASE_URL',
        'REDIS_URL',
        'BACKUP_DRILL_DATABASE_URL',
        'BACKUP_IDENTITY',
      ]),
    ),

  /** A canary that is taken back by itself. */
  canary: (outdir) => rolledOut(outdir, K8sRollout.canary({ pause: Duration.minutes(10) })),

  /** The new version beside the old one, then all at once. */
  'blue-green': (outdir) => rolledOut(outdir, K8sRollout.blueGreen()),

  /** A file on a volume, called from inside the cluster only. */
  file: (outdir) =>
    service(
      {
        name: 'notes',
        outdir,
        database: Database.SQLITE,
        kubernetes: {
          image: 'registry.example.com/shop/notes',
          ingress: K8sIngress.internal([{ namespace: 'shop', podLabels: { app: 'cart' } }]),
          environments: { staging: settings('notes.staging', 'a'), prod: settings('notes.prod', 'b') },
        },
      },
      [],
    ),
};

function rolledOut(outdir: string, rollout: K8sRollout): NodeServiceProject {
  const project = service(
    {
      name: 'orders',
      outdir,
      kubernetes: {
        image: 'registry.example.com/shop/orders',
        peers: { postgresql: DATABASE, drill: DATABASE },
        ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }),
        prometheusOperator: { namespace: 'observability' },
        rollout,
        environments: {
          staging: settings('orders.staging.example.com', 'a'),
          prod: settings('orders.example.com', 'b'),
        },
      },
    },
    [],
  );
  if (!project.service.metrics.some(({ name }) => name === 'http_server_request_duration_seconds')) {
    project.service.state(
      Metric.histogram('http_server_request_duration_seconds', {
        help: 'Time from the headers of a request to the end of its response',
        labels: ['method', 'route', 'status'],
        unit: 'seconds',
        buckets: [0.1, 0.25, 0.5, 1],
      }),
    );
  }
  project.observability?.addObjective('quick', {
    description: 'Requests are answered quickly',
    latency: Duration.millis(500),
    target: 99,
  });
  project.observability?.addObjective('available', { description: 'Requests are answered', target: 99.9 });
  return project;
}
