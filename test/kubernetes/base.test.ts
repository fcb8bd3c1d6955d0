import { describe, expect, it } from 'vitest';
import {
  BackingService,
  ConfigType,
  ConfigVariable,
  Cron,
  Duration,
  K8sIngress,
  Memory,
  NetworkPeer,
  ProcessIdentity,
  ServiceProcess,
  StartupProbe,
  WorkloadIdentity,
} from '../../src';
import { facts, manifestsOf, type Tree } from './support';

const container = (object: Tree) => object.spec.template.spec.containers[0];

describe('the base', () => {
  it('has one object per file, and lists exactly those', () => {
    const { paths, base } = manifestsOf();
    const listed = base('kustomization').resources.map((name: string) => `base/${name}`);

    expect(paths.filter((path) => path.startsWith('base/'))).toEqual(['base/kustomization.yaml', ...listed].sort());
    expect(listed).toEqual(
      [
        'deployment-web',
        'hpa-web',
        'job-migrate',
        'namespace',
        'network-policy-default-deny',
        'network-policy-dns',
        'network-policy-migrate',
        'network-policy-web',
        'pdb-web',
        'service-account',
        'service-web',
      ].map((name) => `base/${name}.yaml`),
    );
  });

  it('labels everything without touching selectors, which could never change again', () => {
    expect(manifestsOf().base('kustomization').labels).toEqual([
      {
        includeSelectors: false,
        includeTemplates: true,
        pairs: {
          'app.kubernetes.io/managed-by': 'kustomize',
          'app.kubernetes.io/name': 'orders',
          'app.kubernetes.io/part-of': 'orders',
        },
      },
    ]);
  });

  it('leaves the number of pods to the autoscaler', () => {
    const { base } = manifestsOf();
    expect(base('deployment-web').spec).not.toHaveProperty('replicas');
    expect(base('hpa-web').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
      scaleTargetRef: { name: 'orders-web' },
    });
  });

  it('has no autoscaler where there is nothing to choose, and starts no second one of a singleton', () => {
    const worker = (name: string, singleton: boolean) =>
      ServiceProcess.worker(name, { command: ['x'], description: 'Works', singleton });
    const { base, prod, paths } = manifestsOf({}, undefined, [
      ...facts(),
      worker('archive', true),
      worker('mailer', false),
    ]);
    expect(base('deployment-archive').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(base('deployment-mailer').spec).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate' } });
    expect(prod('deployment-archive')).toBeUndefined();
    expect(prod('deployment-mailer').spec).toEqual({ replicas: 2 });
    expect(paths.filter((path) => /hpa-(archive|mailer)/.test(path))).toEqual([]);
  });

  it('asks three different questions on the management port', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container(manifestsOf().base('deployment-web'));
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe.httpGet)).toEqual(
      ['/startupz', '/readyz', '/livez'].map((path) => ({ path, port: 'management', scheme: 'HTTP' })),
    );
  });

  it('asks on the public port where the probes are served there', () => {
    const stated = [
      ...facts().filter(({ name }) => name !== 'MANAGEMENT_PORT'),
      new ConfigVariable('MANAGEMENT_PORT', { type: ConfigType.integer(), defaultValue: 3000, description: 'A port' }),
    ];
    const web = container(manifestsOf({}, undefined, stated).base('deployment-web'));
    expect(web.ports).toEqual([{ name: 'http', containerPort: 3000, protocol: 'TCP' }]);
    expect(web.livenessProbe.httpGet.port).toBe('http');
  });

  it('gives a process the secrets it is given, as files, and no others', () => {
    const { base } = manifestsOf({}, undefined, [
      ...facts().filter(({ name }) => name !== 'migrate'),
      new ConfigVariable('OWNER_URL', { secret: true, description: 'Where the owner connects' }),
      ServiceProcess.job('migrate', { command: ['x'], description: 'Migrates', ownVariables: ['OWNER_URL'] }),
    ]);
    const keys = (name: string) =>
      base(name)
        .spec.template.spec.volumes.find((volume: Tree) => volume.name === 'secrets')
        .projected.sources.flatMap(({ secret }: Tree) => secret.items.map(({ key }: Tree) => key));

    expect(keys('deployment-web')).toEqual(['DATABASE_URL']);
    expect(keys('job-migrate')).toEqual(['DATABASE_URL', 'OWNER_URL']);
    expect(container(base('job-migrate')).env).toEqual([
      { name: 'DATABASE_URL_FILE', value: '/run/secrets/orders/DATABASE_URL' },
      { name: 'OWNER_URL_FILE', value: '/run/secrets/orders/OWNER_URL' },
    ]);
  });

  it('gives plain variables of one process to that one alone', () => {
    const { base } = manifestsOf({}, undefined, [
      ...facts().filter(({ name }) => name !== 'migrate'),
      new ConfigVariable('LOCK_WAIT', { defaultValue: '5s', description: 'How long to wait' }),
      ServiceProcess.job('migrate', { command: ['x'], description: 'Migrates', ownVariables: ['LOCK_WAIT'] }),
    ]);
    expect(base('kustomization').configMapGenerator).toEqual([
      { name: 'orders-config', literals: ['MANAGEMENT_PORT=9464', 'PORT=3000'] },
      { name: 'orders-migrate-config', literals: ['LOCK_WAIT=5s'] },
    ]);
    expect(container(base('job-migrate')).envFrom).toContainEqual({ configMapRef: { name: 'orders-migrate-config' } });
    expect(container(base('deployment-web')).envFrom).toEqual([{ configMapRef: { name: 'orders-config' } }]);
  });

  describe('a process with an identity', () => {
    const identified = (...identities: WorkloadIdentity[]) =>
      manifestsOf({}, undefined, [...facts(), new ProcessIdentity('reports', { processes: ['migrate'], identities })]);
    const blocks = (policy: Tree) =>
      (policy.spec.egress ?? []).flatMap(({ to, ports }: Tree) =>
        to.map(({ ipBlock }: Tree) => `${ipBlock?.cidr} ${ports[0].port}`),
      );

    it('has an account of its own without a token of the cluster, and nobody else has it', () => {
      const { base } = identified(WorkloadIdentity.eksPodIdentity());
      expect(base('service-account-reports')).toMatchObject({
        metadata: { name: 'orders-reports' },
        automountServiceAccountToken: false,
      });
      const { spec } = base('job-migrate').spec.template;
      expect([spec.serviceAccountName, spec.automountServiceAccountToken]).toEqual(['orders-reports', false]);
      expect(base('deployment-web').spec.template.spec.serviceAccountName).toBe('orders');
    });

    it.each([
      ['169.254.170.23/32 80', WorkloadIdentity.eksPodIdentity(), undefined],
      ['169.254.169.252/32 988', WorkloadIdentity.gke(), undefined],
      [
        '169.254.169.254/32 80',
        WorkloadIdentity.gke({ prod: 'a@b.iam.gserviceaccount.com' }),
        'a@b.iam.gserviceaccount.com',
      ],
      [
        '0.0.0.0/0 443',
        WorkloadIdentity.irsa({ prod: 'arn:aws:iam::123456789012:role/x' }),
        'arn:aws:iam::123456789012:role/x',
      ],
      [
        '0.0.0.0/0 443',
        WorkloadIdentity.azure({ prod: '00000000-0000-4000-8000-000000000000' }),
        '00000000-0000-4000-8000-000000000000',
      ],
    ])('reaches its credentials at %s, and nobody else does', (block, identity, name) => {
      const { base, prod } = identified(identity);
      expect(blocks(base('network-policy-migrate'))).toContain(block);
      expect(blocks(base('network-policy-web'))).toEqual([]);
      expect(Object.values(prod('service-account-reports')?.metadata.annotations ?? {})).toEqual(name ? [name] : []);
    });

    it('asks for them by a label where a cloud wants one', () => {
      const { base } = identified(WorkloadIdentity.azure({}));
      const labels = (name: string) => base(name).spec.template.metadata.labels;
      expect(labels('job-migrate')).toMatchObject({ 'azure.workload.identity/use': 'true' });
      expect(labels('deployment-web')).not.toHaveProperty(['azure.workload.identity/use']);
    });
  });

  it('mounts no secret into a process that reads none', () => {
    const { base } = manifestsOf({}, undefined, [
      ...facts().filter(({ name }) => name !== 'migrate'),
      ServiceProcess.job('migrate', { command: ['x'], description: 'Migrates', sharedSecrets: [] }),
    ]);
    expect(container(base('job-migrate')).env).toBeUndefined();
    expect(base('job-migrate').spec.template.spec.volumes.map(({ name }: Tree) => name)).toEqual(['tmp']);
    expect(container(base('deployment-web')).env).toHaveLength(1);
  });

  it('has no empty configuration: not for variables without a value, nor for values that only environments have', () => {
    const stated = (values: Record<string, string>) => [
      ...facts().filter(({ name }) => name !== 'migrate'),
      new ConfigVariable('STORE', { description: 'Where things are', optional: true, values }),
      ServiceProcess.job('migrate', { command: ['x'], description: 'Migrates', ownVariables: ['STORE'] }),
    ];
    const without = manifestsOf({}, undefined, stated({}));
    expect(without.base('kustomization').configMapGenerator).toHaveLength(1);
    expect(container(without.base('job-migrate')).envFrom).toEqual([{ configMapRef: { name: 'orders-config' } }]);
    const { base, prod } = manifestsOf({}, undefined, stated({ prod: 's3://here' }));
    expect(base('kustomization').configMapGenerator[1]).toEqual({ name: 'orders-migrate-config' });
    expect(prod('kustomization').configMapGenerator[1]).toEqual({
      name: 'orders-migrate-config',
      behavior: 'merge',
      literals: ['STORE=s3://here'],
    });
  });

  it('runs scheduled processes in UTC, never beside themselves, with deadlines', () => {
    const { base } = manifestsOf({}, undefined, [
      ...facts(),
      ServiceProcess.scheduledJob('tidy', {
        schedule: Cron.daily({ hour: 4 }),
        command: ['node', 'dist/tidy.js'],
        description: 'Tidies',
        deadline: Duration.minutes(3),
      }),
    ]);
    expect(base('cron-job-tidy').spec).toMatchObject({
      schedule: '0 4 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { activeDeadlineSeconds: 180, backoffLimit: 1 } },
    });
    // What failed is evidence until a run succeeds, and the alert about it reads it.
    expect(base('cron-job-tidy').spec.jobTemplate.spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(base('job-migrate').spec.ttlSecondsAfterFinished).toBe(86_400);
  });

  it('lets a release take as long as its migrations', () => {
    const { base } = manifestsOf();
    expect(base('job-migrate').spec.activeDeadlineSeconds).toBe(600);
    expect(base('deployment-web').spec.progressDeadlineSeconds).toBe(900);
  });

  it('applies jobs after what pods need and before pods, where Argo CD applies it', () => {
    const { base } = manifestsOf();
    expect(base('job-migrate').metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/sync-wave': '1',
    });
    expect(base('deployment-web').metadata.annotations['argocd.argoproj.io/sync-wave']).toBe('2');
  });

  it('takes the timing of probes from the process', () => {
    const { base } = manifestsOf({}, undefined, [
      ...facts(),
      ServiceProcess.worker('mailer', {
        command: ['node', 'dist/mailer.js'],
        description: 'Sends mail',
        startupProbe: new StartupProbe({ failureThreshold: 90 }),
      }),
    ]);
    const mailer = container(base('deployment-mailer'));
    expect(mailer.startupProbe).toMatchObject({ failureThreshold: 90, periodSeconds: 1, timeoutSeconds: 1 });
    // Nobody sends it requests that would have to find another way.
    expect(mailer).not.toHaveProperty('lifecycle');
    expect(base('service-mailer')).toBeUndefined();
  });

  it('sizes what a process may use, the disk included', () => {
    const { base } = manifestsOf({
      resources: { web: { memory: Memory.mebibytes(300), temporaryStorage: Memory.mebibytes(10) } },
    });
    expect(container(base('deployment-web')).resources).toEqual({
      requests: { cpu: '250m', memory: '300Mi', 'ephemeral-storage': '10Mi' },
      limits: { memory: '300Mi', 'ephemeral-storage': '138Mi' },
    });
    expect(base('deployment-web').spec.template.spec.volumes).toContainEqual({
      name: 'tmp',
      emptyDir: { sizeLimit: '10Mi' },
    });
  });

  it('makes files that exist in .projenrc.ts, whoever came first', () => {
    const { base } = manifestsOf({}, (manifests) => {
      manifests.project
        .tryFindObjectFile('k8s/base/deployment-web.yaml')
        ?.addOverride('spec.template.spec.priorityClassName', 'high');
    });
    expect(base('deployment-web').spec.template.spec.priorityClassName).toBe('high');
  });
});

describe('network policies', () => {
  const policy = (peer: NetworkPeer | undefined, options = {}) => {
    const stated = [
      ...facts().filter(({ name }) => name !== 'postgresql'),
      BackingService.postgresql({ urlVariable: 'DATABASE_URL', peer, usedBy: ['web'] }),
    ];
    return manifestsOf(options, undefined, stated);
  };

  it('deny everything, and let names be looked up', () => {
    const { base } = policy(undefined);
    expect(base('network-policy-default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(base('network-policy-dns').spec.egress[0].ports).toEqual([
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ]);
  });

  it.each([
    [
      'pods of the cluster',
      NetworkPeer.inCluster({ namespace: 'data', podLabels: { app: 'pg' } }),
      [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } },
          podSelector: { matchLabels: { app: 'pg' } },
        },
      ],
    ],
    ['a block of addresses', NetworkPeer.cidr('10.20.0.0/24'), [{ ipBlock: { cidr: '10.20.0.0/24' } }]],
    [
      'anywhere but the credentials of the node',
      NetworkPeer.anywhere('it is hosted elsewhere'),
      [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }, { ipBlock: { cidr: '::/0' } }],
    ],
  ])('allow exactly the edge to %s', (_, peer, to) => {
    const { base } = policy(peer);
    expect(base('network-policy-web').spec.egress).toEqual([{ to, ports: [{ protocol: 'TCP', port: 5432 }] }]);
    expect(base('network-policy-migrate').spec).not.toHaveProperty('egress');
  });

  it('allow once what two backing services need', () => {
    const anywhere = NetworkPeer.anywhere('stores move');
    const store = (name: string) => BackingService.http({ name, urlVariable: 'DATABASE_URL', peer: anywhere });
    const { base } = manifestsOf({}, undefined, [
      ...facts().filter(({ name }) => name !== 'postgresql'),
      store('main'),
      store('copy'),
    ]);
    expect(base('network-policy-web').spec.egress).toHaveLength(1);
  });

  it('show the reason for anywhere', () => {
    const { base } = policy(NetworkPeer.anywhere('it is hosted elsewhere'));
    expect(base('network-policy-web').metadata.annotations['kubernetes.io/description']).toContain(
      'postgresql is anywhere because it is hosted elsewhere',
    );
  });

  it('let in the gateway and Prometheus, each on its port, and nobody else', () => {
    const { base } = policy(undefined, {
      ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway', proxyLabels: { app: 'envoy' } }),
      prometheusOperator: {},
    });
    const from = (namespace: string, matchLabels: object) => [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        podSelector: { matchLabels },
      },
    ];
    expect(base('pod-monitor-web').spec.sampleLimit).toBe(50_000);
    expect(base('network-policy-web').spec.ingress).toEqual([
      { from: from('gateway', { app: 'envoy' }), ports: [{ protocol: 'TCP', port: 'http' }] },
      {
        from: from('monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
        ports: [{ protocol: 'TCP', port: 'management' }],
      },
    ]);
    expect(base('network-policy-migrate').spec).not.toHaveProperty('ingress');
  });
});

describe('a service that keeps its data in a file', () => {
  const stated = () => [
    ...facts().filter(({ name }) => name !== 'DATABASE_URL' && name !== 'postgresql'),
    new ConfigVariable('DATABASE_URL', {
      type: ConfigType.url({ schemes: ['file'] }),
      secret: true,
      description: 'Where the file is',
    }),
    ServiceProcess.scheduledJob('tidy', { schedule: Cron.daily(), command: ['x'], description: 'Tidies' }),
  ];
  const { base, paths } = manifestsOf({ dataVolume: Memory.gibibytes(5) }, undefined, stated());

  it('is one pod on one volume, which stops before the next one starts', () => {
    expect(base('deployment-web').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(base('data-volume').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
    });
    expect(paths.filter((path) => /hpa|job-migrate/.test(path))).toEqual([]);
  });

  it('migrates before it starts, in the pod that has the volume', () => {
    const [migrate] = base('deployment-web').spec.template.spec.initContainers;
    expect(migrate).toMatchObject({ name: 'migrate', command: ['node', 'dist/migrate.js'] });
    expect(migrate.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  it('runs scheduled processes on the node that has the volume', () => {
    expect(
      base('cron-job-tidy').spec.jobTemplate.spec.template.spec.affinity.podAffinity
        .requiredDuringSchedulingIgnoredDuringExecution,
    ).toEqual([
      {
        labelSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'orders', 'app.kubernetes.io/component': 'web' },
        },
        topologyKey: 'kubernetes.io/hostname',
      },
    ]);
  });
});

it('a word that YAML 1.1 takes for a boolean stays a word', () => {
  const { text } = manifestsOf({ resourceRecommendations: true });
  expect(text('k8s/base/vpa-web.yaml')).toContain('updateMode: "Off"');
});
