import type { Tree } from './gates';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];

/**
 * What people who review manifests look for and none of the tools here does. Each line is an objection.
 */
export function reviewersObjections(objects: Tree[]): string[] {
  const of = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
  const objections: string[] = [];
  const expect = (object: Tree, holds: boolean, objection: string) => {
    if (!holds) {
      objections.push(`${object.kind} ${object.metadata.name}: ${objection}`);
    }
  };
  const names = (kind: string) => of(kind).map(({ metadata }) => metadata.name);

  for (const namespace of of('Namespace')) {
    expect(
      namespace,
      namespace.metadata.labels['pod-security.kubernetes.io/enforce'] === 'restricted',
      'admits pods that are not restricted',
    );
  }
  for (const account of of('ServiceAccount')) {
    expect(account, account.automountServiceAccountToken === false, 'hands out its token');
  }
  for (const object of of('Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding')) {
    expect(object, false, 'gives rights in the cluster, of which the pods need none');
  }
  for (const object of of('Deployment', 'Job', 'CronJob')) {
    const pod = podOf(object);
    expect(object, pod.serviceAccount === undefined, 'names its account by the field that is deprecated');
    expect(object, pod.automountServiceAccountToken === false, 'mounts a token it does not need');
    expect(object, names('ServiceAccount').includes(pod.serviceAccountName), 'has no account of its own');
    expect(object, pod.securityContext?.appArmorProfile?.type === 'RuntimeDefault', 'has no AppArmor profile');
    expect(object, pod.enableServiceLinks === false, 'has the addresses of other services in its environment');
    for (const { emptyDir, hostPath, name } of pod.volumes ?? []) {
      expect(object, hostPath === undefined, `mounts the node's ${name}`);
      expect(object, emptyDir === undefined || emptyDir.sizeLimit !== undefined, `may fill the node through ${name}`);
    }
    for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
      const mounted = (container.volumeMounts ?? []).find(({ mountPath }: Tree) => mountPath === '/tmp');
      expect(object, mounted !== undefined, `${container.name} can write nowhere`);
      for (const { name, value, valueFrom } of container.env ?? []) {
        expect(
          object,
          value === undefined || !/(URL|KEY|TOKEN|PASSWORD|SECRET)$/.test(name),
          `${container.name} has ${name} as a literal`,
        );
        expect(object, valueFrom?.secretKeyRef === undefined, `${container.name} has ${name} in its environment`);
      }
      for (const { secretRef } of container.envFrom ?? []) {
        expect(object, secretRef === undefined, `${container.name} has a whole Secret in its environment`);
      }
      const ports = (container.ports ?? []).map(({ name }: Tree) => name);
      for (const probe of PROBES) {
        const port = container[probe]?.httpGet?.port;
        expect(
          object,
          port === undefined || ports.includes(port),
          `${probe} asks on a port that is not there: ${port}`,
        );
      }
      for (const { name, containerPort } of container.ports ?? []) {
        expect(object, containerPort >= 1024, `${container.name} listens on ${containerPort}, which is root's`);
        expect(
          object,
          /^[a-z][a-z0-9-]{0,14}$/.test(name),
          `${container.name} has a port that cannot be named: ${name}`,
        );
      }
    }
    for (const reference of configsOf(pod)) {
      expect(object, names('ConfigMap').includes(reference), `wants the ConfigMap ${reference}, which is not there`);
    }
  }
  for (const object of of('Deployment')) {
    const { strategy, template } = object.spec;
    const [container] = template.spec.containers;
    expect(
      object,
      strategy.type === 'Recreate' || strategy.rollingUpdate.maxUnavailable === 0,
      'takes old pods away before new ones are ready',
    );
    if (strategy.type === 'RollingUpdate' && object.spec.template.spec.containers[0].ports?.[0]?.name === 'http') {
      const sleep = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      expect(object, sleep > 0, 'stops while requests are on their way to it');
      expect(object, sleep < template.spec.terminationGracePeriodSeconds, 'is killed before it is told to stop');
    }
    const probes = PROBES.map((probe) => container[probe]);
    expect(
      object,
      probes.every((probe) => probe !== undefined),
      'is not asked all three questions',
    );
    expect(
      object,
      probes.every((probe) => probe?.timeoutSeconds >= 1),
      'has a probe without a timeout',
    );
    expect(
      object,
      probes.every((probe) => probe?.httpGet?.host === undefined),
      'has a probe that names a host',
    );
    expect(object, container.livenessProbe?.httpGet?.path === '/livez', 'is restarted for what it depends on');
    expect(
      object,
      (template.spec.topologySpreadConstraints ?? []).length === 2,
      'is not spread over zones and over hosts',
    );
    for (const [label, value] of Object.entries(object.spec.selector.matchLabels)) {
      expect(object, template.metadata.labels[label] === value, `selects ${label}, which its pods do not have`);
    }
    expect(object, Object.keys(object.spec.selector.matchLabels).length === 2, 'selects by labels that change');
  }
  const pods = of('Deployment', 'Job', 'CronJob').map(
    (object) => (object.spec.jobTemplate?.spec ?? object.spec).template,
  );
  const selected = (labels: Record<string, string> = {}) =>
    pods.filter(({ metadata }) => Object.entries(labels).every(([label, value]) => metadata.labels[label] === value));
  for (const object of of('Service')) {
    const behind = selected(object.spec.selector);
    expect(object, behind.length > 0, 'leads to no pod');
    expect(object, object.spec.type === 'ClusterIP', 'is open to the outside past every proxy');
    const names = behind
      .flatMap(({ spec }) => spec.containers)
      .flatMap(({ ports = [] }: Tree) => ports.map(({ name }: Tree) => name));
    for (const { targetPort } of object.spec.ports) {
      expect(object, names.includes(targetPort), `leads to a port that its pods do not have: ${targetPort}`);
    }
  }
  for (const [object, kind, name] of references(objects)) {
    expect(object, names(kind).includes(name), `refers to ${kind} ${name}, which is not there`);
  }
  for (const object of of('PodMonitor')) {
    expect(object, selected(object.spec.selector.matchLabels).length > 0, 'finds no pod');
  }
  for (const object of of('HTTPRoute', 'Ingress')) {
    const backends =
      object.kind === 'Ingress'
        ? object.spec.rules.flatMap(({ http }: Tree) => http.paths.map(({ backend }: Tree) => backend.service.name))
        : object.spec.rules.flatMap(({ backendRefs }: Tree) => backendRefs.map(({ name }: Tree) => name));
    for (const backend of backends) {
      expect(object, names('Service').includes(backend), `leads to ${backend}, which is not there`);
    }
  }
  for (const object of of('Job', 'CronJob')) {
    const spec = object.spec.jobTemplate?.spec ?? object.spec;
    expect(object, spec.backoffLimit <= 2, 'fails for longer than anybody wants');
    expect(object, spec.activeDeadlineSeconds > 0, 'may run for ever');
  }
  for (const object of of('Job')) {
    expect(object, object.spec.ttlSecondsAfterFinished !== undefined, 'is never removed');
    expect(
      object,
      /-[0-9a-f]{10}$/.test(object.metadata.name),
      'has the name of the release before, which cannot change',
    );
  }
  for (const object of of('CronJob')) {
    expect(object, object.spec.concurrencyPolicy === 'Forbid', 'may run beside itself');
    expect(object, object.spec.failedJobsHistoryLimit > 0, 'forgets what failed');
    expect(
      object,
      object.spec.jobTemplate.spec.ttlSecondsAfterFinished === undefined,
      'forgets what failed before anything has succeeded',
    );
    expect(object, object.spec.timeZone === 'Etc/UTC', 'runs at an hour nobody can tell');
  }
  for (const object of of('PodDisruptionBudget')) {
    expect(object, object.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow', 'lets broken pods hold up a node');
    const sameName = ({ metadata }: Tree) => metadata.name === object.metadata.name;
    const least =
      of('HorizontalPodAutoscaler').find(sameName)?.spec.minReplicas ??
      of('Rollout', 'Deployment').find(sameName)?.spec.replicas;
    const { maxUnavailable, minAvailable } = object.spec;
    expect(object, maxUnavailable === 1 || minAvailable < least, 'lets no pod go');
  }
  for (const object of of('HorizontalPodAutoscaler')) {
    expect(object, object.spec.behavior?.scaleDown?.stabilizationWindowSeconds >= 60, 'goes up and down all the time');
    expect(object, object.spec.minReplicas < object.spec.maxReplicas, 'has nothing to choose between');
  }
  const policies = of('NetworkPolicy');
  const denied = policies.some(
    ({ spec }) =>
      Object.keys(spec.podSelector).length === 0 &&
      spec.policyTypes.length === 2 &&
      spec.ingress === undefined &&
      spec.egress === undefined,
  );
  expect({ kind: 'NetworkPolicy', metadata: { name: '*' } }, denied, 'what nobody thought of is allowed');
  const names53 = policies.flatMap(({ spec }) =>
    (spec.egress ?? []).flatMap(({ ports }: Tree) => ports.filter(({ port }: Tree) => port === 53)),
  );
  expect({ kind: 'NetworkPolicy', metadata: { name: '*' } }, names53.length === 2, 'names cannot be looked up');
  for (const object of policies) {
    const { matchLabels } = object.spec.podSelector;
    // The pods that answer challenges are made by cert-manager.
    const expected = matchLabels === undefined || 'acme.cert-manager.io/http01-solver' in matchLabels;
    expect(object, expected || selected(matchLabels).length > 0, 'is of no pod');
    for (const { to, ports } of object.spec.egress ?? []) {
      expect(object, (to ?? []).length > 0 && (ports ?? []).length > 0, 'allows connections to anything');
    }
    for (const { from, ports } of object.spec.ingress ?? []) {
      expect(object, (from ?? []).length > 0 && (ports ?? []).length > 0, 'allows connections from anywhere');
    }
  }
  const [own] = names('Namespace');
  for (const object of objects) {
    const { namespace } = object.metadata;
    expect(object, object.kind === 'Namespace' || namespace === own, 'is in a namespace that is not its own');
    expect(object, object.kind !== 'Secret', 'is a secret in a file');
    const labels = object.metadata.labels ?? {};
    const versioned = JSON.stringify(pods).includes('@sha256:') ? ['version'] : [];
    const component = ['Deployment', 'Job', 'CronJob', 'Service'].includes(object.kind) ? ['component'] : [];
    for (const label of ['name', 'part-of', 'managed-by', 'instance', ...versioned, ...component]) {
      expect(object, labels[`app.kubernetes.io/${label}`] !== undefined, `has no label ${label}`);
    }
  }
  return objections;
}

/** Which objects name which others, that must be among them. */
function references(objects: Tree[]): Array<readonly [object: Tree, kind: string, name: string]> {
  return objects.flatMap((object) => {
    const { spec = {} } = object;
    const { blueGreen, canary } = spec.strategy ?? {};
    const target = spec.scaleTargetRef ?? spec.targetRef ?? spec.workloadRef;
    const analyses = [canary?.analysis, blueGreen?.prePromotionAnalysis, blueGreen?.postPromotionAnalysis];
    const found: Array<readonly [kind: string, name: string | undefined]> = [
      ...(target?.kind === undefined ? [] : [[target.kind, target.name] as const]),
      ...analyses.flatMap((analysis) =>
        (analysis?.templates ?? []).map(({ templateName }: Tree) => ['AnalysisTemplate', templateName] as const),
      ),
      ['Service', blueGreen?.activeService],
      ['Service', blueGreen?.previewService],
      ...(spec.secretStoreRef?.kind === 'SecretStore' ? [['SecretStore', spec.secretStoreRef.name] as const] : []),
      ...(spec.issuerRef?.kind === 'Issuer' ? [['Issuer', spec.issuerRef.name] as const] : []),
    ];
    return found.flatMap(([kind, name]) => (name === undefined ? [] : [[object, kind, name] as const]));
  });
}

export function podOf(object: Tree): Tree {
  return (object.spec.jobTemplate?.spec ?? object.spec).template.spec;
}

function configsOf(pod: Tree): string[] {
  return [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ envFrom = [] }: Tree) =>
    envFrom.flatMap(({ configMapRef }: Tree) => (configMapRef === undefined ? [] : [configMapRef.name])),
  );
}
