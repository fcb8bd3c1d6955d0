import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import {
  ConfigType,
  ConfigVariable,
  Cpu,
  Duration,
  Environment,
  type Fact,
  K8sIngress,
  K8sManifests,
  type K8sManifestsOptions,
  K8sRollout,
  LivenessProbe,
  Memory,
  Metric,
  Objective,
  ProcessKind,
  Replicas,
  Service,
  ServiceProcess,
} from '../../src';
import { DIGEST, facts, manifestsOf } from './support';

type More = (manifests: K8sManifests, service: Service) => void;

function problemsOf(
  options: K8sManifestsOptions,
  more: More = () => {},
  stated: Fact[] = facts(),
  name = 'orders',
): string[] {
  const project = new Project({ name, outdir: '/nowhere' });
  const service = Service.of(project);
  const manifests = new K8sManifests(project, options);
  for (const fact of stated) {
    service.state(fact);
  }
  more(manifests, service);
  return service.problems().map(({ place, message, value, fix }) => {
    const shown = value === undefined ? '' : ` (got ${JSON.stringify(value)})`;
    return `${place}: ${message}${shown} → ${fix}`;
  });
}

const prod = (settings: object): K8sManifestsOptions => ({ environments: { prod: settings } });
const replaced = (...others: Fact[]) => [
  ...facts().filter(({ name }) => !others.some((other) => other.name === name)),
  ...others,
];

it('the smallest service contradicts nothing', () => {
  expect(problemsOf({})).toEqual([]);
});

it('everything that is wrong is reported together', () => {
  const options = {
    namespace: 'Orders',
    image: 'registry.example.com/shop/orders:latest',
    resources: { web: { cpu: Cpu.millis(0), memory: Memory.mebibytes(1.5) }, nobody: {} },
    environments: {
      qa: { hosts: ['orders.example.com'] },
      prod: {
        hosts: ['https://orders.example.com'],
        imageDigest: 'latest',
        replicas: { web: { min: 2, max: 4, minAvailable: 2 } },
        resources: { web: { memory: '256Mi' as unknown as Memory } },
      },
    },
  };
  expect(problemsOf(options)).toMatchInlineSnapshot(`
    [
      "kubernetes.environments.prod.hosts: is no host name (got "https://orders.example.com") → write it without scheme, port and path, such as "orders.example.com"",
      "kubernetes.environments.prod.imageDigest: is no digest: "sha256:" and 64 hexadecimal digits (got "latest") → copy it from the registry; a tag can be moved, a digest cannot",
      "kubernetes.environments.prod.replicas.web: keeps 2 of at least 2 pods running, so no node they run on could ever be drained (got {"min":2,"minAvailable":2}) → lower minAvailable below min, or raise min",
      "kubernetes.environments.prod.resources.web.memory: is no Memory (got "256Mi") → write it like Memory.mebibytes(256)",
      "kubernetes.environments.qa: is an environment the service does not have (got "qa") → use one of staging, prod, or state the environment",
      "kubernetes.image: is no repository with its registry, without tag and digest (got "registry.example.com/shop/orders:latest") → write it like "registry.example.com/shop/orders"; digests are given by environment",
      "kubernetes.namespace: is no DNS label: lower-case letters, digits and dashes, 63 at most (got "Orders") → give another name, such as "orders"",
      "kubernetes.resources: names a process the service does not have (got "nobody") → use one of migrate, web",
      "kubernetes.resources.web.cpu: is 0 thousandths of a processor; it must be a whole number of them, above zero (got "0") → write it like Cpu.millis(250)",
      "kubernetes.resources.web.memory: is 1.5 MiB; it must be a whole number of them, above zero (got "1.5Mi") → write it like Memory.mebibytes(256)",
    ]
  `);
});

it('an environment with more memory than the limit of all has the limit raised with it', () => {
  const web = { memory: Memory.mebibytes(256), memoryLimit: Memory.mebibytes(768) };
  const options = { resources: { web }, ...prod({ resources: { web: { memory: Memory.gibibytes(1) } } }) };
  expect(problemsOf(options)).toEqual([]);
  expect(manifestsOf(options).prod('deployment-web').spec.template.spec.containers[0].resources).toMatchObject({
    requests: { memory: '1Gi' },
    limits: { memory: '1Gi' },
  });
});

/** A service that keeps its data in a file. */
const FILE = replaced(
  new ConfigVariable('DATABASE_URL', {
    type: ConfigType.url({ schemes: ['file'] }),
    secret: true,
    description: 'Where the file is',
  }),
);

const MESSAGES: Record<string, string[]> = {
  'a Secret with its values': [
    'k8s/base/keys.yaml: is a Secret with its values, which would be committed → let a secret store bring it, and replace the values where they were real',
  ],
  'a canary that nothing is measured of': [
    'kubernetes.rollout: has no objective to watch the new version by → state one with service.observability.addObjective(…)',
    'kubernetes.rollout: watches the new version by http_server_request_duration_seconds, which nobody declares → switch observability on, or drop rollout',
    'kubernetes.rollout: watches the new version by metrics, which tell versions apart only where pods are scraped by a PodMonitor → give kubernetes.prometheusOperator, at least as {}',
    'kubernetes.rollout.steps: do not grow from above 0 to below 100 percent (got [50,20]) → give ascending whole numbers, such as [10, 30, 60]',
  ],
  'a certificate nobody signs': [
    'kubernetes.ingress: needs one who signs its certificate, and takes no two → give either clusterIssuer or acmeEmail',
  ],
  'a limit below what is requested': [
    'kubernetes.environments.prod.resources.web.memoryLimit: is below the 512Mi the process is sure to get (got "256Mi") → raise memoryLimit, or lower memory',
  ],
  'a manifest with a name that is no DNS label': [
    'kubernetes manifest limits: has a name that is no DNS label (got "My_Limits") → use lower-case letters, digits and dashes, from a letter or digit to a letter or digit',
  ],
  'a patch for an environment there is not': [
    'kubernetes patch of Deployment orders-web in qa: is for an environment that has no manifests (got "qa") → use one of staging, prod, or state the environment',
  ],
  'a patch of nothing': [
    'kubernetes patch of Deployment orders-wb in prod: changes an object that is not there (got "Deployment orders-wb") → name one of Deployment orders-web',
  ],
  'a port nobody can be told of': [
    'process web (stated by .projenrc.ts), PORT: is no port that others could be told of (got 0) → give a port from 1 to 65535',
  ],
  'a port that differs between environments, and is used twice in one': [
    'process web (stated by .projenrc.ts): uses one port twice, for PORT and MANAGEMENT_PORT, in prod only → give them two ports everywhere, or one everywhere',
    'process web (stated by .projenrc.ts), PORT: has different ports in different environments, but pods, Service and policies have one (got {"staging":3000,"prod":9464}) → give it one value where it is deployed',
  ],
  'a probe of half a second': [
    'process web (stated by .projenrc.ts), probe /livez: has a timing that is no whole number of seconds, which Kubernetes counts in (got {"period":"500ms","timeout":"500ms"}) → round period and timeout',
  ],
  'a probe whose timeout its period cannot beat': [
    'process web (stated by .projenrc.ts), probe /livez: waits 5s for an answer every 1s; it must wait, and no longer than until it asks again → correct its timing',
  ],
  'a process of no name it knows': [
    'replicas nobody in prod (stated by K8sManifests): there is no such long-running process (got "nobody") → use one of web, or state the long-running process nobody',
  ],
  'a secret as a literal, in a patch': [
    'k8s/overlays/prod/patch-deployment-orders-web.yaml: gives the secret DATABASE_URL as a literal, which would be committed and shown by every tool → drop it: the secret is mounted as a file that DATABASE_URL_FILE names; replace it where it was real',
  ],
  'a secret as a literal, in an override': [
    'k8s/base/deployment-web.yaml: gives the secret DATABASE_URL as a literal, which would be committed and shown by every tool → drop it: the secret is mounted as a file that DATABASE_URL_FILE names; replace it where it was real',
  ],
  'a secret in the kustomization of an environment': [
    'k8s/overlays/prod/kustomization.yaml: generates a Secret from literals, which would be committed → let a secret store bring it, and replace the values where they were real',
    'k8s/overlays/prod/kustomization.yaml: gives the secret DATABASE_URL as a literal, which would be committed and shown by every tool → drop it: the secret is mounted as a file that DATABASE_URL_FILE names; replace it where it was real',
  ],
  'a secret in a ConfigMap': [
    'k8s/base/settings.yaml: gives the secret DATABASE_URL as a literal, which would be committed and shown by every tool → drop it: the secret is mounted as a file that DATABASE_URL_FILE names; replace it where it was real',
  ],
  'a server that closes connections before the proxy does': [
    'config variable KEEP_ALIVE_TIMEOUT in prod: closes idle connections before the proxy does, which keeps them 2m: a request that is just sent would fail (got "72s") → raise it above 2m, or give kubernetes.ingress the idleTimeout the proxy has',
    'config variable KEEP_ALIVE_TIMEOUT in staging: closes idle connections before the proxy does, which keeps them 2m: a request that is just sent would fail (got "72s") → raise it above 2m, or give kubernetes.ingress the idleTimeout the proxy has',
  ],
  'a stop that proxies do not notice': [
    'process web (stated by .projenrc.ts) in prod: stops taking connections 1s after it is told to stop (preStop 0s, SHUTDOWN_DELAY 1s, SHUTDOWN_GRACE none); proxies may take 5s to look elsewhere → lengthen preStop or SHUTDOWN_DELAY, so that they make 5s or more',
    'process web (stated by .projenrc.ts) in staging: stops taking connections 1s after it is told to stop (preStop 0s, SHUTDOWN_DELAY 1s, SHUTDOWN_GRACE none); proxies may take 5s to look elsewhere → lengthen preStop or SHUTDOWN_DELAY, so that they make 5s or more',
  ],
  'a stop that takes longer than it may': [
    'process web (stated by .projenrc.ts) in prod: is killed after 30s, before it is done stopping (preStop 10s, SHUTDOWN_DELAY 5s, SHUTDOWN_GRACE 20s) (got "35s") → shorten one of them, or give the process a terminationGrace above 35s',
    'process web (stated by .projenrc.ts) in staging: is killed after 30s, before it is done stopping (preStop 10s, SHUTDOWN_DELAY 5s, SHUTDOWN_GRACE 20s) (got "35s") → shorten one of them, or give the process a terminationGrace above 35s',
  ],
  'a way in that leads to one of two': [
    'kubernetes.ingress: does not say which process it leads to (got "admin") → name one of them as process: web',
  ],
  'an environment on developers’ machines': [
    'kubernetes.environments.dev: is an environment on developers’ machines, which no manifest is for (got "dev") → use one of staging, prod, or state the environment',
  ],
  'an optional secret that is none': [
    'kubernetes.environments.prod.optionalSecrets: names something that is no optional secret; required ones are mounted anyway (got "DATABASE_URL") → drop it',
  ],
  'no pod at all': [
    'kubernetes.environments.prod.replicas.web: lets every pod go, and an autoscaler that looks at processors never brings one back (got {"min":0,"max":2}) → give a min of at least 1',
  ],
  'a way back by every step of a canary': [
    'process web (stated by .projenrc.ts) in prod: goes back to the version before by every step of the rollout and its analysis, as if it were new → leave spec.rollbackWindow.revisions of its Rollout at 1 or more',
    'process web (stated by .projenrc.ts) in prod: goes back to the version before in 210s (10 rounds of 21s), and 2m is the limit → shorten minReadySeconds or the periods of its probes, or raise maxSurge',
  ],
  'a wildcard that gets no certificate, and an address that is none': [
    'kubernetes.environments.prod.hosts: is a wildcard, for which the Issuer that acmeEmail makes never gets a certificate: it answers challenges by HTTP (got "*.example.com") → name the hosts, or give clusterIssuer one that answers challenges by DNS instead of acmeEmail',
    'kubernetes.ingress.acmeEmail: is no e-mail address, and would be refused when the first certificate is asked for (got "nobody") → give an address that is read, such as "platform@example.com"',
  ],
  'a worker that is killed before it is done': [
    'process mailer (stated by .projenrc.ts) in prod: is killed after 30s, before it is done stopping (SHUTDOWN_DELAY 5s, SHUTDOWN_GRACE 1m) (got "65s") → shorten one of them, or give the process a terminationGrace above 65s',
    'process mailer (stated by .projenrc.ts) in staging: is killed after 30s, before it is done stopping (SHUTDOWN_DELAY 5s, SHUTDOWN_GRACE 1m) (got "65s") → shorten one of them, or give the process a terminationGrace above 65s',
  ],
  'a prober that is asked for as no prober is': [
    'kubernetes.prometheusOperator.prober: is no host with its port, without scheme and path (got "http://blackbox.monitoring:9115/") → write it like "blackbox-exporter.monitoring:9115"',
  ],
  'a prober of what only pods call': [
    'kubernetes.prometheusOperator.prober: asks nobody: the service has no hosts, because it is called inside of the cluster only (got "blackbox.monitoring:9115") → drop it, or lead requests in by K8sIngress.gateway or K8sIngress.controller',
  ],
  'a prober of wildcards': [
    'kubernetes.environments.prod.hosts: are wildcards only, and the prober asks hosts that have a name (got ["*.example.com"]) → name one of their hosts as well, or drop prometheusOperator.prober',
  ],
  'hosts without a host': [
    'kubernetes.environments.prod.hosts: names no host, which a gateway reads as every host (got []) → name one, or leave hosts out until there is one',
  ],
  'two pods of a singleton': [
    'replicas web in prod (stated by K8sManifests): runs more than once, but it is a singleton, of which two must never run (got {"min":1,"max":2}) → give { min: 1 }, or drop singleton from the process',
  ],
  'two pods of one file': [
    'replicas web in prod (stated by K8sManifests): runs more than once, but the service keeps its data in a file, which one pod at a time can have (got {"min":2,"max":3}) → give { min: 1, max: 1 }, or choose a database that is a server',
  ],
};

describe.each<[string, K8sManifestsOptions, More | undefined, Fact[] | undefined]>([
  [
    'a limit below what is requested',
    prod({ resources: { web: { memory: Memory.mebibytes(512), memoryLimit: Memory.mebibytes(256) } } }),
    undefined,
    undefined,
  ],
  [
    'two pods of a singleton',
    prod({ replicas: { web: { min: 1, max: 2 } } }),
    undefined,
    replaced(ServiceProcess.web('web', { command: ['x'], description: 'Answers', singleton: true })),
  ],
  ['a process of no name it knows', prod({ replicas: { nobody: { min: 1 } } }), undefined, undefined],
  ['no pod at all', prod({ replicas: { web: { min: 0, max: 2 } } }), undefined, undefined],
  ['an environment on developers’ machines', { environments: { dev: {} } }, undefined, undefined],
  [
    'a stop that takes longer than it may',
    { preStop: Duration.seconds(10) },
    undefined,
    replaced(
      new ConfigVariable('SHUTDOWN_GRACE', {
        type: ConfigType.duration(),
        defaultValue: Duration.seconds(20),
        description: 'A grace',
      }),
    ),
  ],
  [
    'a stop that proxies do not notice',
    { preStop: Duration.seconds(0) },
    undefined,
    replaced(
      new ConfigVariable('SHUTDOWN_DELAY', {
        type: ConfigType.duration(),
        defaultValue: Duration.seconds(1),
        description: 'A delay',
      }),
    ),
  ],
  [
    'a server that closes connections before the proxy does',
    { ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway', idleTimeout: Duration.minutes(2) }) },
    undefined,
    replaced(
      new ConfigVariable('KEEP_ALIVE_TIMEOUT', {
        type: ConfigType.duration(),
        defaultValue: Duration.seconds(72),
        description: 'Kept',
      }),
    ),
  ],
  [
    'a port that differs between environments, and is used twice in one',
    {},
    undefined,
    replaced(
      new ConfigVariable('PORT', {
        type: ConfigType.integer(),
        defaultValue: 3000,
        values: { prod: 9464 },
        description: 'A port',
      }),
    ),
  ],
  [
    'a port nobody can be told of',
    {},
    undefined,
    replaced(new ConfigVariable('PORT', { type: ConfigType.integer(), defaultValue: 0, description: 'A port' })),
  ],
  [
    'a probe whose timeout its period cannot beat',
    {},
    undefined,
    replaced(
      ServiceProcess.web('web', {
        command: ['x'],
        description: 'Answers',
        livenessProbe: new LivenessProbe({ period: Duration.seconds(1), timeout: Duration.seconds(5) }),
      }),
    ),
  ],
  [
    'a probe of half a second',
    {},
    undefined,
    replaced(
      ServiceProcess.web('web', {
        command: ['x'],
        description: 'Answers',
        livenessProbe: new LivenessProbe({ period: Duration.millis(500), timeout: Duration.millis(500) }),
      }),
    ),
  ],
  [
    'a manifest with a name that is no DNS label',
    {},
    (manifests) =>
      manifests.addManifest('limits', { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'My_Limits' } }),
    undefined,
  ],
  [
    'a Secret with its values',
    {},
    (manifests) =>
      manifests.addManifest('keys', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys' },
        stringData: { DATABASE_URL: 'postgres://owner:hunter2@db/orders' },
      }),
    undefined,
  ],
  [
    'a secret in a ConfigMap',
    {},
    (manifests) =>
      manifests.addManifest('settings', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { DATABASE_URL: 'postgres://owner:hunter2@db/orders' },
      }),
    undefined,
  ],
  [
    'a secret in the kustomization of an environment',
    {},
    ({ project }) => {
      const prod = project.tryFindObjectFile('k8s/overlays/prod/kustomization.yaml');
      prod?.addOverride('configMapGenerator.0.literals', ['APP_ENV=prod', 'DATABASE_URL=hunter2']);
      prod?.addOverride('secretGenerator', [{ name: 'keys', literals: ['KEY=hunter2'] }]);
    },
    undefined,
  ],
  [
    'a secret as a literal, in an override',
    {},
    ({ project }) =>
      project
        .tryFindObjectFile('k8s/base/deployment-web.yaml')
        ?.addOverride('spec.template.spec.containers.0.env', [{ name: 'DATABASE_URL', value: 'hunter2' }]),
    undefined,
  ],
  [
    'a secret as a literal, in a patch',
    {},
    (manifests) =>
      manifests.addPatch('prod', {
        kind: 'Deployment',
        metadata: { name: 'orders-web' },
        spec: {
          template: { spec: { containers: [{ name: 'web', env: [{ name: 'DATABASE_URL', value: 'hunter2' }] }] } },
        },
      }),
    undefined,
  ],
  [
    'a patch of nothing',
    {},
    (manifests) => manifests.addPatch('prod', { kind: 'Deployment', metadata: { name: 'orders-wb' } }),
    undefined,
  ],
  [
    'a patch for an environment there is not',
    {},
    (manifests) => manifests.addPatch('qa', { kind: 'Deployment', metadata: { name: 'orders-web' } }),
    undefined,
  ],
  [
    'a certificate nobody signs',
    { ingress: K8sIngress.controller({ className: 'nginx', controllerNamespace: 'ingress' }) },
    undefined,
    undefined,
  ],
  [
    'a way in that leads to one of two',
    { ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway', process: 'admin' }) },
    undefined,
    undefined,
  ],
  ['a canary that nothing is measured of', { rollout: K8sRollout.canary({ steps: [50, 20] }) }, undefined, undefined],
  [
    'a prober that is asked for as no prober is',
    { prometheusOperator: { prober: 'http://blackbox.monitoring:9115/' } },
    undefined,
    undefined,
  ],
  [
    'a prober of what only pods call',
    {
      ingress: K8sIngress.internal([{ namespace: 'shop', podLabels: { app: 'cart' } }]),
      prometheusOperator: { prober: 'blackbox.monitoring:9115' },
    },
    undefined,
    undefined,
  ],
  [
    'a prober of wildcards',
    {
      ingress: K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }),
      prometheusOperator: { prober: 'blackbox.monitoring:9115' },
      environments: { prod: { hosts: ['*.example.com'] }, staging: { hosts: ['*.example.com', 'a.example.com'] } },
    },
    undefined,
    undefined,
  ],
  ['hosts without a host', prod({ hosts: [] }), undefined, undefined],
  [
    'a wildcard that gets no certificate, and an address that is none',
    {
      ingress: K8sIngress.controller({ className: 'nginx', controllerNamespace: 'ingress', acmeEmail: 'nobody' }),
      environments: { prod: { hosts: ['*.example.com'] } },
    },
    undefined,
    undefined,
  ],
  [
    'a worker that is killed before it is done',
    {},
    undefined,
    [
      ...replaced(
        new ConfigVariable('SHUTDOWN_GRACE', {
          type: ConfigType.duration(),
          defaultValue: Duration.seconds(60),
          description: 'A grace',
        }),
        ServiceProcess.web('web', {
          command: ['x'],
          description: 'Answers',
          terminationGrace: Duration.seconds(75),
        }),
      ),
      ServiceProcess.worker('mailer', { command: ['x'], description: 'Works' }),
    ],
  ],
  [
    'a way back by every step of a canary',
    { rollout: K8sRollout.canary(), prometheusOperator: {} },
    (manifests) =>
      manifests.addPatch('prod', {
        kind: 'Rollout',
        metadata: { name: 'orders-web' },
        spec: { rollbackWindow: null, strategy: { canary: { maxSurge: 1 } } },
      }),
    [
      ...facts(),
      new Objective('availability', { target: 99.9, description: 'Requests succeed' }),
      Metric.histogram('http_server_request_duration_seconds', {
        help: 'How long requests take',
        unit: 'seconds',
        labels: ['method', 'route', 'status'],
        buckets: [0.3, 1],
      }),
      new Replicas('web', { environment: 'prod', min: 3, max: 10 }),
    ],
  ],
  ['two pods of one file', prod({ replicas: { web: { min: 2, max: 3 } } }), undefined, FILE],
  ['an optional secret that is none', prod({ optionalSecrets: ['DATABASE_URL'] }), undefined, undefined],
])('%s', (name, options, more, stated) => {
  it('stops synthesis with its place, its value and a fix', () => {
    const problems = problemsOf(options, more, stated);
    expect(problems).toEqual(MESSAGES[name]);
    expect(problems.join()).not.toContain('hunter2');
  });
});

it('a name too long for what Kubernetes appends is one', () => {
  const worker = ServiceProcess.worker('sends-mail-to-customers', { command: ['x'], description: 'Works' });
  expect(problemsOf({}, undefined, [...facts(), worker], 'o'.repeat(35))).toMatchInlineSnapshot(`
    [
      "process sends-mail-to-customers (stated by .projenrc.ts): makes objects of a name longer than 52 characters, behind which Kubernetes appends its own (got "ooooooooooooooooooooooooooooooooooo-sends-mail-to-customers") → give it a name of 16 characters at most",
    ]
  `);
});

it('what is stated after a patch for it is no contradiction', () => {
  const problems = problemsOf({}, (manifests, service) => {
    manifests.addPatch('qa', { kind: 'Deployment', metadata: { name: 'orders-web' }, spec: { minReadySeconds: 9 } });
    service.state(new Environment('qa'));
  });
  expect(problems).toEqual([]);
});

it('how many run is a fact that others can read, and that .projenrc.ts can state itself', () => {
  const project = new Project({ name: 'orders', outdir: '/nowhere' });
  const service = Service.of(project);
  for (const fact of facts()) {
    service.state(fact);
  }
  new K8sManifests(project, prod({ replicas: { web: { min: 4 } }, imageDigest: DIGEST }));
  service.state(new Replicas('web', { environment: 'staging', min: 1, max: 2 }));

  expect(service.replicas.map(({ name, min, max }) => [name, min, max])).toEqual([
    ['web in prod', 4, 4],
    ['web in staging', 1, 2],
  ]);
  expect(service.processes.some(({ processKind }) => processKind === ProcessKind.WEB)).toBe(true);
});

describe('going back to the version before', () => {
  it('takes as long as the manifests make it, with as many pods as there may be', () => {
    const guide = manifestsOf(prod({ replicas: { web: { min: 3, max: 10 } } })).guide;
    expect(guide.split('\n').filter((line) => line.startsWith('| web | ') && line.includes(' s '))).toEqual([
      '| web | staging | 16 s | 42 s (2 rounds of 21s) |',
      '| web | prod | 16 s | 84 s (4 rounds of 21s) |',
    ]);
  });

  it('takes longer than two minutes in no environment', () => {
    const slow = (manifests: K8sManifests) =>
      manifests.addPatch('prod', {
        kind: 'Deployment',
        metadata: { name: 'orders-web' },
        spec: { minReadySeconds: 60 },
      });
    expect(problemsOf({}, slow)).toMatchInlineSnapshot(`
      [
        "process web (stated by .projenrc.ts) in prod: goes back to the version before in 228s (3 rounds of 76s), and 2m is the limit → shorten minReadySeconds or the periods of its probes, or raise maxSurge",
      ]
    `);
    const quick = (manifests: K8sManifests) => {
      slow(manifests);
      manifests.addPatch('prod', {
        kind: 'Deployment',
        metadata: { name: 'orders-web' },
        spec: { strategy: { rollingUpdate: { maxSurge: '100%' } } },
      });
    };
    expect(problemsOf({}, quick)).toEqual([]);
  });

  it('takes as long as a pod takes to stop and another to start, where a file belongs to one of them', () => {
    const { guide } = manifestsOf({}, undefined, FILE);
    expect(guide).toContain('| web | prod | 46 s | 46 s (all at once, 46s) |');
  });
});
