import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  BackingService,
  ConfigType,
  ConfigVariable,
  Environment,
  type Fact,
  K8sIngress,
  type K8sManifestsOptions,
  K8sRollout,
  Memory,
  Metric,
  NetworkPeer,
  Objective,
  SecretReference,
  SecretStore,
  ServiceProcess,
} from '../../src';
import { DIGEST, facts, manifestsOf, type Tree } from './support';

const prod = (settings: object, options: K8sManifestsOptions = {}) => ({
  ...options,
  environments: { prod: settings },
});

describe('an overlay', () => {
  it('is made for each environment that is deployed, and holds only what differs', () => {
    const { paths } = manifestsOf();
    expect(paths.filter((path) => path.startsWith('overlays/'))).toEqual([
      'overlays/prod/kustomization.yaml',
      'overlays/staging/deployment-web.yaml',
      'overlays/staging/hpa-web.yaml',
      'overlays/staging/kustomization.yaml',
    ]);
  });

  it('has no autoscaler where the number of pods is fixed', () => {
    const { prod: overlay, base, text } = manifestsOf(prod({ replicas: { web: { min: 4 } } }));
    expect(base('hpa-web')).toBeUndefined();
    expect(overlay('deployment-web').spec).toEqual({ replicas: 4 });
    expect(overlay('hpa-web')).toBeUndefined();
    expect(parse(text('k8s/overlays/staging/kustomization.yaml')).patches).not.toContainEqual({ path: 'hpa-web.yaml' });

    const mixed = manifestsOf({
      environments: { staging: { replicas: { web: { min: 1, max: 2 } } }, prod: { replicas: { web: { min: 4 } } } },
    });
    expect(mixed.base('hpa-web').spec).toMatchObject({ minReplicas: 1, maxReplicas: 2 });
    expect(mixed.prod('hpa-web')).toMatchObject({ metadata: { name: 'orders-web' }, $patch: 'delete' });
    expect(mixed.prod('deployment-web').spec).toEqual({ replicas: 4 });
  });

  it('has the hosts asked from outside where there is a prober, as the job that alerts about certificates know', () => {
    const ingress = K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' });
    const settings = prod({ hosts: ['a.example.com', 'b.example.com'] });
    const prober = 'blackbox-exporter.monitoring:9115';
    const { base, prod: overlay } = manifestsOf({ ...settings, ingress, prometheusOperator: { prober } });
    expect(base('probe')).toMatchObject({
      kind: 'Probe',
      spec: { jobName: 'orders-probe', module: 'http_2xx', prober: { url: prober } },
    });
    expect(overlay('probe').spec).toEqual({
      targets: { staticConfig: { static: ['https://a.example.com/', 'https://b.example.com/'] } },
    });
    expect(manifestsOf({ ...settings, ingress, prometheusOperator: {} }).base('probe')).toBeUndefined();
  });

  it('has no wildcard asked from outside, and says so', () => {
    const { prod: overlay, guide } = manifestsOf({
      ...prod({ hosts: ['*.example.com', 'a.example.com'] }),
      ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }),
      prometheusOperator: { prober: 'blackbox-exporter.monitoring:9115' },
    });
    expect(overlay('probe').spec.targets.staticConfig.static).toEqual(['https://a.example.com/']);
    expect(guide).toContain(
      '- Nobody asks *.example.com from outside, because no single name stands for it: name one of its hosts in kubernetes.environments.prod.hosts as well, unless a.example.com shows the same certificate',
    );
  });

  it('is made for an environment that is stated late too', () => {
    const { paths } = manifestsOf({}, (_, service) => service.state(new Environment('qa')));
    expect(paths).toContain('overlays/qa/kustomization.yaml');
  });

  it('says where the image is, by digest, and which version that makes', () => {
    const { prod: overlay } = manifestsOf(prod({ imageDigest: DIGEST }, { image: 'registry.example.com/shop/orders' }));
    expect(overlay('kustomization')).toMatchObject({
      images: [{ name: 'orders', newName: 'registry.example.com/shop/orders', digest: DIGEST }],
      labels: [
        {
          pairs: { 'app.kubernetes.io/instance': 'orders-prod', 'app.kubernetes.io/version': '0123456789ab' },
          includeSelectors: false,
        },
      ],
    });
  });

  it('names the environment to the service, and gives it the values it has there', () => {
    const { prod: overlay } = manifestsOf({}, undefined, [
      ...facts(),
      new ConfigVariable('PAGE_SIZE', { defaultValue: '20', values: { prod: '"50"' }, description: 'Rows' }),
    ]);
    expect(overlay('kustomization').configMapGenerator).toEqual([
      { name: 'orders-config', behavior: 'merge', literals: ['APP_ENV=prod', 'PAGE_SIZE=""50""'] },
    ]);
  });

  it('bounds replicas and resources', () => {
    const { prod: overlay } = manifestsOf({
      environments: {
        staging: { replicas: { web: { min: 1, max: 3 } } },
        prod: {
          replicas: { web: { min: 4, max: 9, minAvailable: 2 } },
          resources: { web: { memory: Memory.gibibytes(1) } },
        },
      },
    });
    expect(overlay('hpa-web').spec).toEqual({ minReplicas: 4, maxReplicas: 9 });
    expect(overlay('pdb-web').spec).toEqual({ minAvailable: 2, maxUnavailable: null });
    expect(overlay('deployment-web').spec.template.spec.containers).toEqual([
      {
        name: 'web',
        resources: {
          requests: { cpu: '250m', memory: '1Gi', 'ephemeral-storage': '64Mi' },
          limits: { memory: '1Gi', 'ephemeral-storage': '192Mi' },
        },
      },
    ]);
  });

  it.each([
    ['http-route', K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }), { hostnames: ['a.example.com'] }],
    [
      'certificate',
      K8sIngress.controller({ className: 'nginx', controllerNamespace: 'ingress', clusterIssuer: 'le' }),
      { dnsNames: ['a.example.com'] },
    ],
  ])('says in %s which hosts it answers to; the base answers to none that resolves', (file, ingress, spec) => {
    const { base, prod: overlay } = manifestsOf(prod({ hosts: ['a.example.com'] }, { ingress }));
    expect(overlay(file).spec).toEqual(spec);
    expect(Object.values<string[]>(base(file).spec)).toContainEqual(['orders.invalid']);
  });

  it('mounts optional secrets where they exist', () => {
    const { base, prod: overlay } = manifestsOf(prod({ optionalSecrets: ['TRACE_TOKEN'] }), undefined, [
      ...facts(),
      new ConfigVariable('TRACE_TOKEN', { secret: true, optional: true, description: 'Opens the collector' }),
    ]);
    expect(JSON.stringify(base('deployment-web'))).not.toContain('TRACE_TOKEN');
    expect(overlay('deployment-web').spec.template.spec).toMatchObject({
      containers: [{ name: 'web', env: [{ name: 'TRACE_TOKEN_FILE', value: '/run/secrets/orders/TRACE_TOKEN' }] }],
      volumes: [
        {
          projected: {
            sources: [{ secret: { items: [{ key: 'DATABASE_URL' }, { key: 'TRACE_TOKEN' }] } }],
          },
        },
      ],
    });
  });
});

describe('the name of a job', () => {
  const nameIn = (manifests: ReturnType<typeof manifestsOf>) =>
    /value: (\S+)/.exec(manifests.prod('kustomization').patches.at(-1).patch)![1];
  const released = (digest: string, more?: Parameters<typeof manifestsOf>[1], stated?: Fact[]) =>
    nameIn(manifestsOf(prod({ imageDigest: digest }), more, stated));
  const first = released(DIGEST);

  it('is the same for the same release', () => {
    expect(first).toMatch(/^orders-migrate-[0-9a-f]{10}$/);
    expect(released(DIGEST)).toBe(first);
  });

  it.each([
    ['image', () => released(DIGEST.replace('0', 'f'))],
    [
      'value of a variable',
      () =>
        released(DIGEST, undefined, [
          ...facts(),
          new ConfigVariable('PAGE_SIZE', { defaultValue: '20', values: { prod: '50' }, description: 'Rows' }),
        ]),
    ],
    [
      'port, which is in the ConfigMap of the base',
      () =>
        released(DIGEST, undefined, [
          ...facts().filter(({ name }) => name !== 'PORT'),
          new ConfigVariable('PORT', { type: ConfigType.integer(), defaultValue: 8080, description: 'A port' }),
        ]),
    ],
    [
      'override of the object',
      () =>
        released(DIGEST, ({ project }) =>
          project.tryFindObjectFile('k8s/base/job-migrate.yaml')?.addOverride('spec.backoffLimit', 5),
        ),
    ],
    [
      'override of the labels of the base, which its pods have',
      () =>
        released(DIGEST, ({ project }) =>
          project.tryFindObjectFile('k8s/base/kustomization.yaml')?.addOverride('labels.0.pairs.team', 'payments'),
        ),
    ],
    [
      'override of the values in that environment',
      () =>
        released(DIGEST, ({ project }) =>
          project
            .tryFindObjectFile('k8s/overlays/prod/kustomization.yaml')
            ?.addOverride('configMapGenerator.0.literals', ['APP_ENV=prod', 'PAGE_SIZE=50']),
        ),
    ],
    [
      'patch in that environment',
      () =>
        released(DIGEST, (manifests) =>
          manifests.addPatch('prod', { kind: 'Job', metadata: { name: 'orders-migrate' }, spec: { suspend: false } }),
        ),
    ],
  ])('is another one for another %s, because jobs cannot be changed', (_, other) => {
    expect(other()).not.toBe(first);
  });
});

describe('secrets from a store', () => {
  const store = (storeKind: string, settings: Record<string, string>) => [
    ...facts(),
    new SecretStore('main', { environment: 'prod', storeKind, title: 'A store', settings }),
    new SecretReference('DATABASE_URL', { environment: 'prod', store: 'main', key: 'orders/prod', property: 'url' }),
  ];

  it.each([
    [
      'aws-secrets-manager',
      { region: 'eu-west-1' },
      {
        aws: {
          service: 'SecretsManager',
          region: 'eu-west-1',
          auth: { jwt: { serviceAccountRef: { name: 'orders' } } },
        },
      },
    ],
    [
      'vault',
      { address: 'https://vault.example.com', role: 'shop', audience: 'vault' },
      {
        vault: {
          server: 'https://vault.example.com',
          path: 'secret',
          version: 'v2',
          auth: {
            kubernetes: {
              mountPath: 'kubernetes',
              role: 'shop',
              serviceAccountRef: { name: 'orders', audiences: ['vault'] },
            },
          },
        },
      },
    ],
  ])('%s are fetched by External Secrets, as the service itself', (kind, settings, provider) => {
    const { prod: overlay } = manifestsOf({}, undefined, store(kind, settings));
    expect(overlay('secret-store-main').spec.provider).toEqual(provider);
    expect(overlay('external-secret-main').spec).toMatchObject({
      secretStoreRef: { kind: 'SecretStore', name: 'orders-main' },
      target: { name: 'orders-secrets', creationPolicy: 'Owner' },
      data: [{ secretKey: 'DATABASE_URL', remoteRef: { key: 'orders/prod', property: 'url' } }],
    });
    expect(overlay('kustomization').resources).toEqual([
      '../../base',
      'external-secret-main.yaml',
      'secret-store-main.yaml',
    ]);
  });

  it('of AWS are not fetched without a role of the service account', () => {
    const aws = (accountAnnotations: Record<string, string>) => [
      ...facts(),
      new SecretStore('aws', {
        environment: 'prod',
        storeKind: 'aws-secrets-manager',
        title: 'AWS',
        accountAnnotations,
      }),
      new SecretReference('DATABASE_URL', { environment: 'prod', store: 'aws', key: 'orders/prod' }),
    ];
    const missing =
      'Not configured yet: the role by which External Secrets reads AWS (`roleArn of SecretsProvider.awsSecretsManager(…) for prod`)';
    expect(manifestsOf({}, undefined, aws({})).guide).toContain(missing);
    const role = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/orders' };
    expect(manifestsOf({}, undefined, aws(role)).guide).not.toContain('External Secrets reads');
  });

  it('are not mounted where Vault makes them anew for each process', () => {
    const { prod: overlay, base } = manifestsOf({}, undefined, [
      ...facts(),
      ...['staging', 'prod'].flatMap((environment) => [
        new SecretStore('main', {
          environment,
          storeKind: 'vault',
          title: 'Vault',
          settings: { address: 'https://v' },
        }),
        new SecretReference('DATABASE_URL', { environment, store: 'main', key: 'database/creds/orders' }),
      ]),
    ]);
    expect(overlay('external-secret-main')).toBeUndefined();
    expect(JSON.stringify(base('deployment-web'))).not.toContain('DATABASE_URL');
  });

  it('of another kind are somebody else’s to bring', () => {
    const { paths } = manifestsOf({}, undefined, store('sops', {}));
    expect(paths.filter((path) => path.includes('secret'))).toEqual([]);
  });

  it('of two stores are two Secrets, each mounted where it belongs', () => {
    const { prod: overlay } = manifestsOf({}, undefined, [
      ...store('vault', { address: 'https://vault.example.com' }),
      new ConfigVariable('API_KEY', { secret: true, requiredIn: ['prod'], description: 'Opens doors' }),
      new SecretStore('other', { environment: 'prod', storeKind: 'aws-secrets-manager', title: 'Another' }),
      new SecretReference('API_KEY', { environment: 'prod', store: 'other', key: 'orders/api' }),
    ]);
    const [volume] = overlay('deployment-web').spec.template.spec.volumes;
    expect(volume.projected.sources.map(({ secret }: Tree) => secret.name)).toEqual(['orders-main', 'orders-other']);
    expect(overlay('external-secret-other').spec.target.name).toBe('orders-other');
  });
});

describe('a canary', () => {
  const stated = [
    ...facts(),
    Metric.histogram('http_server_request_duration_seconds', {
      help: 'How long requests take',
      unit: 'seconds',
      labels: ['method', 'route', 'status'],
      buckets: [0.3, 1],
    }),
    new Objective('availability', { target: 99.9, description: 'Requests succeed' }),
  ];
  const { base } = manifestsOf(
    { rollout: K8sRollout.canary({ steps: [20, 50] }), prometheusOperator: {} },
    undefined,
    stated,
  );

  it('takes its pods from the Deployment, which it scales down when its own are ready, and is what the autoscaler scales', () => {
    expect(base('rollout-web').spec).toMatchObject({
      workloadRef: { kind: 'Deployment', name: 'orders-web', scaleDown: 'onsuccess' },
      rollbackWindow: { revisions: 3 },
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: { duration: '300s' } }, { setWeight: 50 }, {}] } },
    });
    expect(base('deployment-web').spec).not.toHaveProperty('replicas');
    expect(base('hpa-web').spec.scaleTargetRef.kind).toBe('Rollout');
  });

  it('runs a fixed number of pods where there is no range', () => {
    const environments = { staging: { replicas: { web: { min: 2 } } }, prod: { replicas: { web: { min: 5 } } } };
    const { base: fixed, prod: overlay } = manifestsOf(
      { rollout: K8sRollout.canary(), prometheusOperator: {}, environments },
      undefined,
      stated,
    );
    expect(fixed('hpa-web')).toBeUndefined();
    expect(fixed('deployment-web').spec).not.toHaveProperty('replicas');
    expect(fixed('rollout-web').spec.replicas).toBe(2);
    expect(overlay('rollout-web').spec).toEqual({ replicas: 5 });
  });

  it('is watched by the objectives, over the pods of the new version alone', () => {
    const [metric] = base('analysis-template-web').spec.metrics;
    expect(metric.successCondition).toBe('len(result) == 0 || isNaN(result[0]) || result[0] <= 0.0144');
    expect(metric.provider.prometheus.query).toBe(
      '(sum(rate(http_server_request_duration_seconds_count{namespace="orders", rollouts_pod_template_hash="{{args.version}}", status=~"5.."}[5m])) or 0 * sum(rate(http_server_request_duration_seconds_count{namespace="orders", rollouts_pod_template_hash="{{args.version}}"}[5m]))) / sum(rate(http_server_request_duration_seconds_count{namespace="orders", rollouts_pod_template_hash="{{args.version}}"}[5m]))',
    );
    expect(base('pod-monitor-web').spec.podTargetLabels).toContain('rollouts-pod-template-hash');
  });

  it('asks the Prometheus of the operator, wherever that is, and never lets a version through that fails most requests', () => {
    const lenient = new Objective('availability', { target: 90, description: 'Requests succeed' });
    const other = manifestsOf(
      { rollout: K8sRollout.blueGreen(), prometheusOperator: { namespace: 'observability' } },
      undefined,
      [...stated.slice(0, -1), lenient],
    );
    const [metric] = other.base('analysis-template-web').spec.metrics;
    expect(metric.provider.prometheus.address).toBe('http://prometheus-operated.observability.svc:9090');
    expect(metric.successCondition).toBe('len(result) == 0 || isNaN(result[0]) || result[0] <= 0.5');
  });
});

describe('what users add', () => {
  it('lands in the base: objects and the charts of cdk8s', () => {
    const limits = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: { limits: [] } };
    const { base } = manifestsOf({}, (manifests) => {
      manifests.addManifest('limits', limits);
      manifests.addChart({ toJson: () => [{ ...limits, kind: 'ResourceQuota', metadata: { name: 'quota' } }] });
    });
    expect(base('limits')).toEqual(limits);
    expect(base('kustomization').resources).toEqual(
      expect.arrayContaining(['limits.yaml', 'resource-quota-quota.yaml']),
    );
  });

  it('patches an object in one environment, as often as one likes', () => {
    const { prod: overlay } = manifestsOf({}, (manifests) => {
      for (const minReadySeconds of [10, 20]) {
        manifests.addPatch('prod', {
          kind: 'Deployment',
          metadata: { name: 'orders-web' },
          spec: { minReadySeconds },
        });
      }
    });
    expect(overlay('patch-deployment-orders-web')).toMatchObject({
      apiVersion: 'apps/v1',
      spec: { minReadySeconds: 10 },
    });
    expect(overlay('patch-deployment-orders-web-2').spec).toEqual({ minReadySeconds: 20 });
  });
});

describe('a second web process', () => {
  const stated = [
    ...facts(),
    ServiceProcess.web('api', { command: ['x'], description: 'Answers machines', portVariable: 'API_PORT' }),
    new ConfigVariable('API_PORT', { type: ConfigType.integer(), defaultValue: 3100, description: 'A port' }),
  ];
  const callers = [{ namespace: 'shop', podLabels: { app: 'cart' } }];

  it('is what requests are led to where that is said', () => {
    const { base, guide } = manifestsOf(
      { ingress: K8sIngress.internal(callers, { process: 'api' }) },
      undefined,
      stated,
    );
    expect(base('network-policy-api').spec.ingress).toHaveLength(1);
    expect(base('network-policy-web').spec.ingress).toBeUndefined();
    expect(guide).toContain('- Nobody reaches web, because requests are led to api only');
  });
});

describe('the network of an environment', () => {
  const endpoint = (values: Record<string, string>) => [
    ...facts(),
    new ConfigVariable('COLLECTOR_URL', {
      type: ConfigType.url(),
      optional: true,
      values,
      description: 'Where traces go',
    }),
    BackingService.http({ name: 'collector', port: 4318, required: false, urlVariable: 'COLLECTOR_URL' }),
  ];
  const peers = { collector: NetworkPeer.inCluster({ namespace: 'monitoring', podLabels: { app: 'otel' } }) };
  const ports = (policy: Tree) =>
    (policy?.spec.egress ?? []).flatMap((rule: Tree) => rule.ports.map(({ port }: Tree) => port));

  it('has what an optional URL leads to where there is one, on the port of that URL', () => {
    const { base, prod } = manifestsOf({ peers }, undefined, endpoint({ prod: 'http://otel.monitoring:4319/v1' }));
    expect(ports(base('network-policy-web'))).toEqual([]);
    expect(ports(prod('network-policy-web'))).toEqual([4319]);
  });

  it('asks where that is, and only there', () => {
    const { guide } = manifestsOf({}, undefined, endpoint({ prod: 'http://otel.monitoring:4318' }));
    const [, staging = '', inProd = ''] = guide.split(/\*\*(?:staging|prod)\*\*/);
    expect(staging).not.toContain('collector');
    expect(inProd).toContain('where on the network collector is');
  });
});
