import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import {
  ConfigType,
  ConfigVariable,
  Cpu,
  Cron,
  Duration,
  K8sIngress,
  K8sManifests,
  K8sRollout,
  Memory,
  NetworkPeer,
  Service,
  ServiceProcess,
} from '../../src';
import { facts, type Tree } from './support';

/** As somebody writes it who has no editor to tell: the types are not looked at. */
function problemsOf(options: Tree, more: (manifests: Tree, service: Service) => void = () => {}): string[] {
  const project = new Project({ name: 'orders', outdir: '/nowhere' });
  const service = Service.of(project);
  const manifests = new K8sManifests(project, options);
  for (const fact of facts()) {
    service.state(fact);
  }
  more(manifests, service);
  return service.problems().map(({ place, message, value, fix }) => {
    const shown = value === undefined ? '' : ` (got ${JSON.stringify(value)})`;
    return `${place}: ${message}${shown} → ${fix}`;
  });
}

const untyped = (value: unknown): Tree => value;

describe('options of another type', () => {
  it('are reported all at once, with everything else that is wrong', () => {
    const options = {
      namespace: 7,
      image: ['registry.example.com/shop/orders'],
      replica: {},
      ingress: 'public',
      resources: { web: { cpu: '250m', memory: 512, memoryLimits: Memory.gibibytes(1) } },
      peers: { postgresql: '10.0.0.0/8' },
      environments: {
        prod: {
          hosts: 'orders.example.com',
          imageDigest: 5,
          replicas: { web: 3, mailer: { min: '2' } },
          optionalSecrets: 'TRACE_TOKEN',
        },
        staging: null,
        qa: {},
      },
      prometheusOperator: true,
      rollout: 'canary',
      resourceRecommendations: 'yes',
      dataVolume: '1Gi',
      preStop: '5s',
    };
    expect(problemsOf(options)).toMatchInlineSnapshot(`
      [
        "kubernetes.dataVolume: is no Memory (got "1Gi") → write it like Memory.mebibytes(256)",
        "kubernetes.environments.prod.hosts: is no list (got "orders.example.com") → write it in brackets: […]",
        "kubernetes.environments.prod.imageDigest: is no text (got "5") → write it between quotes",
        "kubernetes.environments.prod.optionalSecrets: is no list (got "TRACE_TOKEN") → write it in brackets: […]",
        "kubernetes.environments.prod.replicas.mailer.min: is no number (got "2") → write it as digits, without quotes and unit",
        "kubernetes.environments.prod.replicas.web: is no object (got "3") → write it in braces: { … }",
        "kubernetes.environments.qa: is an environment the service does not have (got "qa") → use one of staging, prod, or state the environment",
        "kubernetes.environments.staging: is no object (got "null") → write it in braces: { … }",
        "kubernetes.image: is no text (got ["registry.example.com/shop/orders"]) → write it between quotes",
        "kubernetes.ingress: is no K8sIngress (got "public") → write it like K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' })",
        "kubernetes.namespace: is no text (got "7") → write it between quotes",
        "kubernetes.peers.postgresql: is no NetworkPeer (got "10.0.0.0/8") → write it like NetworkPeer.cidr('10.20.0.0/28')",
        "kubernetes.preStop: is no Duration (got "5s") → write it like Duration.seconds(5)",
        "kubernetes.prometheusOperator: is no object (got true) → write it in braces: { … }",
        "kubernetes.replica: is no option → use one of dataVolume, enabled, environments, image, ingress, namespace, peers, preStop, prometheusOperator, resourceRecommendations, resources, rollout",
        "kubernetes.resourceRecommendations: is neither true nor false (got "yes") → write true or false, without quotes",
        "kubernetes.resources.web.cpu: is no Cpu (got "250m") → write it like Cpu.millis(250)",
        "kubernetes.resources.web.memory: is no Memory (got "512") → write it like Memory.mebibytes(256)",
        "kubernetes.resources.web.memoryLimits: is no option → did you mean memoryLimit? There are: cpu, memory, memoryLimit, temporaryStorage",
        "kubernetes.rollout: is no K8sRollout (got "canary") → write it like K8sRollout.canary()",
        "replicas mailer in prod (stated by K8sManifests): there is no such long-running process (got "mailer") → use one of web, or state the long-running process mailer",
      ]
    `);
  });

  it.each([
    ['no object', 'everything'],
    ['a list', []],
    ['nothing', null],
  ])('instead of options: %s', (_, options) => {
    expect(problemsOf(options)).toEqual([expect.stringMatching(/^kubernetes: is no object .* → write it in braces/)]);
  });

  it('inside of what a function makes', () => {
    const options = {
      ingress: K8sIngress.internal(untyped({ namespace: 'shop' }), untyped({ idleTimeout: 60 })),
      rollout: K8sRollout.canary(untyped({ steps: 10, pause: '5m' })),
      peers: { postgresql: NetworkPeer.cidr(untyped(10)) },
    };
    expect(problemsOf(options)).toMatchInlineSnapshot(`
      [
        "kubernetes.ingress.callers: is no list (got {"namespace":"shop"}) → write it in brackets: […]",
        "kubernetes.ingress.idleTimeout: is no Duration (got "60") → write it like Duration.seconds(5)",
        "kubernetes.peers.postgresql.block: is no text (got "10") → write it between quotes",
        "kubernetes.rollout.pause: is no Duration (got "5m") → write it like Duration.seconds(5)",
        "kubernetes.rollout.steps: is no list (got "10") → write it in brackets: […]",
      ]
    `);
  });
});

describe('values that cannot be', () => {
  it('are reported all at once', () => {
    const options = {
      namespace: '-orders',
      image: 'orders',
      ingress: K8sIngress.gateway({ gateway: 'Public GW', namespace: 'not a ns', listener: 'https' }),
      prometheusOperator: { namespace: 'Monitoring' },
      resources: {
        web: { cpu: Cpu.millis(Number.NaN), memory: Memory.mebibytes(-1), temporaryStorage: Memory.gibibytes(0) },
        migrate: { cpu: Cpu.millis(untyped('250m')), memory: Memory.mebibytes(Number.POSITIVE_INFINITY) },
      },
      environments: {
        staging: {
          hosts: ['a.example.com', 'b.example.com', 'a.example.com'],
          imageDigest: 'a'.repeat(64),
          replicas: { web: { min: 5, max: 2 } },
        },
        prod: {
          hosts: ['Orders.example.com', 'orders.example.com.', 'orders.example.com/api', 'orders..com', 'localhost'],
          imageDigest: `sha512:${'a'.repeat(64)}`,
          replicas: { web: { min: -1, max: Number.NaN } },
        },
      },
    };
    expect(problemsOf(options)).toMatchInlineSnapshot(`
      [
        "kubernetes.environments.prod.hosts: is no host name (got "Orders.example.com") → write it without scheme, port and path, such as "orders.example.com"",
        "kubernetes.environments.prod.hosts: is no host name (got "localhost") → write it without scheme, port and path, such as "orders.example.com"",
        "kubernetes.environments.prod.hosts: is no host name (got "orders..com") → write it without scheme, port and path, such as "orders.example.com"",
        "kubernetes.environments.prod.hosts: is no host name (got "orders.example.com.") → write it without scheme, port and path, such as "orders.example.com"",
        "kubernetes.environments.prod.hosts: is no host name (got "orders.example.com/api") → write it without scheme, port and path, such as "orders.example.com"",
        "kubernetes.environments.prod.imageDigest: is no digest: "sha256:" and 64 hexadecimal digits (got "sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") → copy it from the registry; a tag can be moved, a digest cannot",
        "kubernetes.environments.staging.hosts: is there twice (got "a.example.com") → name it once",
        "kubernetes.environments.staging.imageDigest: is no digest: "sha256:" and 64 hexadecimal digits (got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") → copy it from the registry; a tag can be moved, a digest cannot",
        "kubernetes.image: is no repository with its registry, without tag and digest (got "orders") → write it like "registry.example.com/shop/orders"; digests are given by environment",
        "kubernetes.ingress.gateway: is no name that an object of Kubernetes can have: lower-case letters, digits and dashes (got "Public GW") → copy it from the cluster",
        "kubernetes.ingress.namespace: is no name that an object of Kubernetes can have: lower-case letters, digits and dashes (got "not a ns") → copy it from the cluster",
        "kubernetes.namespace: is no DNS label: lower-case letters, digits and dashes, 63 at most (got "-orders") → give another name, such as "orders"",
        "kubernetes.prometheusOperator.namespace: is no DNS label: lower-case letters, digits and dashes, 63 at most (got "Monitoring") → give another name, such as "orders"",
        "kubernetes.resources.migrate.cpu: is NaN thousandths of a processor; it must be a whole number of them, above zero (got "NaNm") → write it like Cpu.millis(250)",
        "kubernetes.resources.migrate.memory: is Infinity MiB; it must be a whole number of them, above zero (got "InfinityMi") → write it like Memory.mebibytes(256)",
        "kubernetes.resources.web.cpu: is NaN thousandths of a processor; it must be a whole number of them, above zero (got "NaNm") → write it like Cpu.millis(250)",
        "kubernetes.resources.web.memory: is -1 MiB; it must be a whole number of them, above zero (got "-1Mi") → write it like Memory.mebibytes(256)",
        "kubernetes.resources.web.temporaryStorage: is 0 MiB; it must be a whole number of them, above zero (got "0Gi") → write it like Memory.mebibytes(256)",
        "replicas web in prod (stated by K8sManifests): replicas are whole numbers, at least one at most, and not fewer at most than at least (got {"min":-1,"max":null}) → give a range such as { min: 2, max: 6 }",
        "replicas web in staging (stated by K8sManifests): replicas are whole numbers, at least one at most, and not fewer at most than at least (got {"min":5,"max":2}) → give a range such as { min: 2, max: 6 }",
      ]
    `);
  });

  it.each([65_536, -1, 80.5])('a port of %s', (defaultValue) => {
    const stated = (_: Tree, service: Service) => {
      service.state(
        new ConfigVariable('API_PORT', { type: ConfigType.integer(), defaultValue, description: 'A port' }),
      );
      service.state(ServiceProcess.web('api', { command: ['x'], description: 'Answers', portVariable: 'API_PORT' }));
    };
    expect(problemsOf({}, stated)).toContainEqual(expect.stringContaining('API_PORT'));
  });

  it('a schedule that is no time of day is refused where it is written', () => {
    expect(() => Cron.parse('0 25 * * *')).toThrow('hour "25" must be *, a number from 0 to 23');
    const stated = (_: Tree, service: Service) =>
      service.state(
        ServiceProcess.scheduledJob('tidy', {
          command: ['x'],
          description: 'Tidies',
          schedule: untyped('0 25 * * *'),
          deadline: Duration.minutes(1),
        }),
      );
    expect(problemsOf({}, stated)).toContainEqual(expect.stringMatching(/has a schedule that is no Cron.*Cron.parse/));
  });
});

describe('objects and patches', () => {
  const limits = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: {} };

  it('that cannot be are reported all at once', () => {
    expect(
      problemsOf({}, (manifests) => {
        manifests.addManifest('limits', limits);
        manifests.addManifest('limits', { ...limits, metadata: { name: 'others' } });
        manifests.addManifest('again', limits);
        manifests.addManifest('my-web', {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'orders-web' },
        });
        manifests.addManifest('deployment-web', { ...limits, metadata: { name: 'web' } });
        manifests.addManifest('kustomization', { ...limits, metadata: { name: 'more' } });
        manifests.addManifest('nothing', undefined);
        manifests.addManifest(7, { ...limits, metadata: { name: 'seven' } });
        manifests.addChart(undefined);
        manifests.addChart({ toJson: () => 'objects' });
        manifests.addChart({ toJson: () => [{ kind: 'ConfigMap' }] });
        manifests.addPatch('prod', undefined);
        manifests.addPatch('qa', { kind: 'Deployment', metadata: { name: 'orders-web' } });
        manifests.addPatch('prod', { kind: 'ConfigMap', metadata: { name: 'orders-konfig' } });
        manifests.addPatch('staging', { kind: 'HorizontalPodAutoscaler', metadata: { name: 'orders-web' } });
        manifests.addPatch('prod', { kind: 'HorizontalPodAutoscaler', metadata: { name: 'orders-web' } });
      }),
    ).toMatchInlineSnapshot(`
      [
        "kubernetes chart: is no object of Kubernetes → give it apiVersion, kind and metadata.name",
        "kubernetes chart: makes no objects of Kubernetes → give a chart of cdk8s, or anything whose toJson() returns a list of them",
        "kubernetes manifest 7: names a file that is no DNS label (got 7) → use lower-case letters, digits and dashes, such as "limit-range"",
        "kubernetes manifest deployment-web: would have the file of another object (got "k8s/base/deployment-web.yaml") → give it another name; what is generated is changed by an override or a patch",
        "kubernetes manifest kustomization: would have the file of another object (got "k8s/base/kustomization.yaml") → give it another name; what is generated is changed by an override or a patch",
        "kubernetes manifest limits: would have the file of another object (got "k8s/base/limits.yaml") → give it another name; what is generated is changed by an override or a patch",
        "kubernetes manifest nothing: is no object of Kubernetes → give it apiVersion, kind and metadata.name",
        "kubernetes manifests: have Deployment orders-web twice (got ["deployment-web.yaml","my-web.yaml"]) → give one of them another name, or change the one that is generated by an override or a patch",
        "kubernetes manifests: have LimitRange limits twice (got ["again.yaml","limits.yaml"]) → give one of them another name, or change the one that is generated by an override or a patch",
        "kubernetes patch in prod: does not say what it changes → give it kind and metadata.name, and what differs",
        "kubernetes patch of ConfigMap orders-konfig in prod: changes an object that is not there (got "ConfigMap orders-konfig") → name one of ConfigMap orders-config",
        "kubernetes patch of Deployment orders-web in qa: is for an environment that has no manifests (got "qa") → use one of staging, prod, or state the environment",
        "kubernetes patch of HorizontalPodAutoscaler orders-web in staging: changes an object that is not there (got "HorizontalPodAutoscaler orders-web") → correct its kind",
      ]
    `);
  });
});
