import type { Tree } from './gates';
import { podOf } from './review';

/** A protection, taken away, and the gate that must notice. */
export interface Mutation {
  readonly protection: string;
  /** Whose overlay for prod; `gateway` where none is named. */
  readonly service?: string;
  readonly mutate: (objects: Tree[]) => void;
  readonly gate: 'schema' | 'pod security' | 'kube-score' | 'review';
  readonly complaint: RegExp;
}

const find = (objects: Tree[], kind: string, name?: string) =>
  objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name.includes(name)))!;
const web = (objects: Tree[]) => find(objects, 'Deployment', 'web');
const pod = (objects: Tree[]) => podOf(web(objects));
const container = (objects: Tree[]) => pod(objects).containers[0];
const drop = (objects: Tree[], kind: string, name?: string) => {
  objects.splice(objects.indexOf(find(objects, kind, name)), 1);
};

const security = (protection: string, mutate: Mutation['mutate'], complaint: RegExp): Mutation => ({
  protection,
  mutate,
  gate: 'pod security',
  complaint,
});
const score = (protection: string, mutate: Mutation['mutate'], complaint: RegExp): Mutation => ({
  protection,
  mutate,
  gate: 'kube-score',
  complaint,
});
const schema = (protection: string, mutate: Mutation['mutate'], complaint: RegExp, service?: string): Mutation => ({
  protection,
  mutate,
  gate: 'schema',
  complaint,
  service,
});
const review = (protection: string, mutate: Mutation['mutate'], complaint: RegExp, service?: string): Mutation => ({
  protection,
  mutate,
  gate: 'review',
  complaint,
  service,
});

export const MUTATIONS: readonly Mutation[] = [
  security(
    'a user that is not root',
    (all) => {
      pod(all).securityContext.runAsNonRoot = false;
      container(all).securityContext.runAsNonRoot = false;
    },
    /runAsNonRoot/,
  ),
  security(
    'a ban of more privileges',
    (all) => {
      container(all).securityContext.allowPrivilegeEscalation = true;
    },
    /allowPrivilegeEscalation/,
  ),
  security(
    'dropped capabilities',
    (all) => {
      container(all).securityContext.capabilities.drop = [];
    },
    /unrestricted capabilities/,
  ),
  security(
    'a seccomp profile',
    (all) => {
      delete pod(all).securityContext.seccompProfile;
    },
    /seccompProfile/,
  ),
  security(
    'an AppArmor profile that confines',
    (all) => {
      pod(all).securityContext.appArmorProfile = { type: 'Unconfined' };
    },
    /forbidden AppArmor/,
  ),
  security(
    'a wall to the node',
    (all) => {
      pod(all).volumes.push({ name: 'node', hostPath: { path: '/' } });
    },
    /hostPath/,
  ),
  security(
    'a network of its own',
    (all) => {
      pod(all).hostNetwork = true;
    },
    /host namespaces|hostNetwork/,
  ),
  security(
    'messages of its own',
    (all) => {
      pod(all).hostIPC = true;
    },
    /host namespaces|hostIPC/,
  ),
  security(
    'processes of its own',
    (all) => {
      pod(all).hostPID = true;
    },
    /host namespaces|hostPID/,
  ),
  security(
    'the kernel as it is',
    (all) => {
      pod(all).securityContext.sysctls = [{ name: 'kernel.msgmax', value: '65536' }];
    },
    /sysctl/,
  ),
  security(
    'a masked /proc',
    (all) => {
      container(all).securityContext.procMount = 'Unmasked';
    },
    /procMount/,
  ),
  security(
    'probes that ask the pod itself',
    (all) => {
      container(all).livenessProbe.httpGet.host = '10.0.0.1';
    },
    /probe|host/i,
  ),
  security(
    'unprivileged migrations',
    (all) => {
      podOf(find(all, 'Job')).containers[0].securityContext.privileged = true;
    },
    /privileged/,
  ),
  score(
    'a file system that is only read',
    (all) => {
      container(all).securityContext.readOnlyRootFilesystem = false;
    },
    /writable root|read.?only/i,
  ),
  score(
    'a user of a high number',
    (all) => {
      pod(all).securityContext.runAsUser = 1000;
      container(all).securityContext.runAsUser = 1000;
    },
    /user.*(ID|low)/i,
  ),
  score(
    'a limit of memory',
    (all) => {
      delete container(all).resources.limits.memory;
    },
    /Memory limit is not set/,
  ),
  score(
    'a limit of memory that is what is requested',
    (all) => {
      container(all).resources.limits.memory = '4Gi';
    },
    /[Mm]emory request/,
  ),
  score(
    'a share of the processor',
    (all) => {
      delete container(all).resources.requests.cpu;
    },
    /CPU request is not set/,
  ),
  score(
    'a limit of the disk',
    (all) => {
      delete container(all).resources.limits['ephemeral-storage'];
    },
    /[Ee]phemeral/,
  ),
  score(
    'a digest',
    (all) => {
      container(all).image = 'registry.example.com/shop/orders:latest';
    },
    /latest tag/,
  ),
  score(
    'a readiness probe of its own',
    (all) => {
      container(all).readinessProbe = structuredClone(container(all).livenessProbe);
    },
    /same (readiness|liveness)|same probe/i,
  ),
  score(
    'a readiness probe',
    (all) => {
      delete container(all).readinessProbe;
    },
    /readiness/i,
  ),
  score(
    'a network policy',
    (all) => {
      for (const name of ['web', 'default-deny', 'dns']) {
        drop(all, 'NetworkPolicy', name);
      }
    },
    /NetworkPolicy/,
  ),
  score('a disruption budget', (all) => drop(all, 'PodDisruptionBudget', 'web'), /PodDisruptionBudget/),
  score(
    'a Service that finds pods',
    (all) => {
      find(all, 'Service').spec.selector['app.kubernetes.io/component'] = 'wbe';
    },
    /selector/,
  ),
  score(
    'an autoscaler that is alone in scaling',
    (all) => {
      web(all).spec.replicas = 3;
    },
    /HPA/,
  ),
  score(
    'an autoscaler that finds its Deployment',
    (all) => {
      find(all, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'nobody';
    },
    /target/i,
  ),
  score(
    'a deadline of the schedule',
    (all) => {
      delete find(all, 'CronJob').spec.startingDeadlineSeconds;
    },
    /[Dd]eadline/,
  ),
  score(
    'a variable that is given once',
    (all) => {
      container(all).env = [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ];
    },
    /[Dd]uplicat/,
  ),
  review(
    'a spread over zones and hosts',
    (all) => {
      delete pod(all).topologySpreadConstraints;
    },
    /not spread/,
  ),
  schema(
    'fields that exist',
    (all) => {
      container(all).resource = {};
    },
    /containers\[0\].resource: .*unknown field/,
  ),
  schema(
    'words that exist',
    (all) => {
      find(all, 'VerticalPodAutoscaler').spec.updatePolicy.updateMode = 'Sometimes';
    },
    /Unsupported value: "Sometimes"/,
  ),
  schema(
    'words that are words in YAML 1.1 too',
    (all) => {
      find(all, 'VerticalPodAutoscaler').spec.updatePolicy.updateMode = false;
    },
    /must be of type string/,
  ),
  review(
    'one run at a time',
    (all) => {
      find(all, 'CronJob').spec.concurrencyPolicy = 'Never';
    },
    /beside itself/,
  ),
  schema(
    'quantities',
    (all) => {
      container(all).resources.requests.memory = { amount: 5 };
    },
    /memory/,
  ),
  schema(
    'fields of a route that exist',
    (all) => {
      find(all, 'HTTPRoute').spec.hostname = 'orders.example.com';
    },
    /spec.hostname: .*unknown field/,
  ),
  schema(
    'fields of a secret that exist',
    (all) => {
      find(all, 'ExternalSecret').spec.data[0].remoteRef.path = 'x';
    },
    /unknown field/,
  ),
  schema(
    'a version of External Secrets that is served',
    (all) => {
      find(all, 'SecretStore').apiVersion = 'external-secrets.io/v1alpha9';
    },
    /v1alpha9/,
  ),
  schema(
    'fields of a monitor that exist',
    (all) => {
      find(all, 'PodMonitor').spec.podMetricsEndpoints[0].every = '15s';
    },
    /unknown field/,
  ),
  schema(
    'an issuer of the certificate',
    (all) => {
      delete find(all, 'Certificate').spec.issuerRef;
    },
    /issuerRef/,
    'controller',
  ),
  schema(
    'fields of a rollout that exist',
    (all) => {
      find(all, 'Rollout').spec.strategy.canary.steps[0].weight = 10;
    },
    /unknown field/,
    'canary',
  ),
  review(
    'restricted admission',
    (all) => {
      delete find(all, 'Namespace').metadata.labels['pod-security.kubernetes.io/enforce'];
    },
    /not restricted/,
  ),
  review(
    'an account without a token',
    (all) => {
      delete pod(all).automountServiceAccountToken;
    },
    /token/,
  ),
  review('a service account', (all) => drop(all, 'ServiceAccount'), /account of its own/),
  review(
    'any AppArmor profile',
    (all) => {
      delete pod(all).securityContext.appArmorProfile;
    },
    /AppArmor/,
  ),
  review(
    'a size of what it may write',
    (all) => {
      delete pod(all).volumes.find(({ emptyDir }: Tree) => emptyDir).emptyDir.sizeLimit;
    },
    /fill the node/,
  ),
  review(
    'a place to write',
    (all) => {
      container(all).volumeMounts.shift();
    },
    /write nowhere/,
  ),
  review(
    'a pause before it stops',
    (all) => {
      delete container(all).lifecycle;
    },
    /on their way/,
  ),
  review(
    'a pause shorter than the grace',
    (all) => {
      container(all).lifecycle.preStop.sleep.seconds = 30;
    },
    /killed before/,
  ),
  review(
    'old pods while new ones start',
    (all) => {
      web(all).spec.strategy.rollingUpdate.maxUnavailable = 1;
    },
    /before new ones/,
  ),
  review(
    'a startup probe',
    (all) => {
      delete container(all).startupProbe;
    },
    /three questions/,
  ),
  review(
    'a liveness probe that depends on nothing',
    (all) => {
      container(all).livenessProbe.httpGet.path = '/health';
    },
    /depends on/,
  ),
  review(
    'selectors that stay',
    (all) => {
      web(all).spec.selector.matchLabels['app.kubernetes.io/instance'] = 'orders-prod';
    },
    /labels that change/,
  ),
  review(
    'an end of jobs',
    (all) => {
      delete find(all, 'Job').spec.ttlSecondsAfterFinished;
    },
    /never removed/,
  ),
  review(
    'runs that failed for as long as none succeeds',
    (all) => {
      find(all, 'CronJob').spec.jobTemplate.spec.ttlSecondsAfterFinished = 86_400;
    },
    /forgets what failed before anything has succeeded/,
  ),
  review(
    'a limit of tries',
    (all) => {
      find(all, 'Job').spec.backoffLimit = 6;
    },
    /longer than anybody wants/,
  ),
  review(
    'a name for each release',
    (all) => {
      find(all, 'Job').metadata.name = 'orders-migrate';
    },
    /release before/,
  ),
  review(
    'a budget that lets a pod go',
    (all) => {
      find(all, 'PodDisruptionBudget', 'web').spec.minAvailable = 3;
    },
    /lets no pod go/,
  ),
  review(
    'eviction of broken pods',
    (all) => {
      delete find(all, 'PodDisruptionBudget').spec.unhealthyPodEvictionPolicy;
    },
    /broken pods/,
  ),
  review(
    'patience of the autoscaler',
    (all) => {
      delete find(all, 'HorizontalPodAutoscaler').spec.behavior;
    },
    /up and down/,
  ),
  review('the ban of everything else', (all) => drop(all, 'NetworkPolicy', 'default-deny'), /nobody thought of/),
  review(
    'names over TCP',
    (all) => {
      find(all, 'NetworkPolicy', 'dns').spec.egress[0].ports.pop();
    },
    /looked up/,
  ),
  review(
    'a far end',
    (all) => {
      delete find(all, 'NetworkPolicy', 'web').spec.egress[0].to;
    },
    /to anything/,
  ),
  review(
    'a near end',
    (all) => {
      delete find(all, 'NetworkPolicy', 'web').spec.ingress[0].from;
    },
    /from anywhere/,
  ),
  review('configuration', (all) => drop(all, 'ConfigMap'), /not there/),
  review(
    'secrets as files',
    (all) => {
      container(all).env.push({ name: 'DATABASE_URL', value: 'postgres://' });
    },
    /as a literal/,
  ),
  review(
    'labels',
    (all) => {
      delete find(all, 'Service').metadata.labels['app.kubernetes.io/instance'];
    },
    /no label instance/,
  ),
  review(
    'a Service that leads somewhere',
    (all) => {
      find(all, 'Service').spec.selector['app.kubernetes.io/name'] = 'nobody';
    },
    /leads to no pod/,
  ),
  review(
    'a Service inside the cluster',
    (all) => {
      find(all, 'Service').spec.type = 'NodePort';
    },
    /open to the outside/,
  ),
  review(
    'a port that the pods have',
    (all) => {
      find(all, 'Service').spec.ports[0].targetPort = 'web';
    },
    /do not have: web/,
  ),
  ...['liveness', 'readiness', 'startup'].map((probe) =>
    review(
      `a ${probe} probe of a port that is there`,
      (all) => {
        container(all)[`${probe}Probe`].httpGet.port = 'admin';
      },
      new RegExp(`${probe}Probe asks on a port that is not there: admin`),
    ),
  ),
  review(
    'no door for a shell',
    (all) => {
      container(all).ports.push({ name: 'ssh', containerPort: 22 });
    },
    /listens on 22/,
  ),
  review(
    'a port above those of root',
    (all) => {
      container(all).ports[0].containerPort = 80;
    },
    /listens on 80/,
  ),
  review(
    'an account by its current name',
    (all) => {
      pod(all).serviceAccount = 'orders';
    },
    /deprecated/,
  ),
  review(
    'a selector that finds its own pods',
    (all) => {
      web(all).spec.selector.matchLabels['app.kubernetes.io/component'] = 'wbe';
    },
    /which its pods do not have/,
  ),
  schema(
    'an API that is still served',
    (all) => {
      web(all).apiVersion = 'extensions/v1beta1';
    },
    /extensions\/v1beta1/,
  ),
  review(
    'a budget that is no ban',
    (all) => {
      find(all, 'PodDisruptionBudget', 'mailer').spec.maxUnavailable = 0;
    },
    /lets no pod go/,
  ),
  review(
    'no rights in the cluster',
    (all) => {
      all.push({ kind: 'RoleBinding', metadata: { name: 'admin', namespace: 'orders', labels: {} } });
    },
    /rights in the cluster/,
  ),
  review(
    'no secret in the environment',
    (all) => {
      container(all).env.push({ name: 'X', valueFrom: { secretKeyRef: { name: 'orders-secrets', key: 'X' } } });
    },
    /has X in its environment/,
  ),
  review(
    'a way in that leads somewhere',
    (all) => {
      find(all, 'HTTPRoute').spec.rules[0].backendRefs[0].name = 'nobody';
    },
    /leads to nobody/,
  ),
  review(
    'a policy of pods that are there',
    (all) => {
      find(all, 'NetworkPolicy', 'web').spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'wbe';
    },
    /is of no pod/,
  ),
  review(
    'a monitor that finds pods',
    (all) => {
      find(all, 'PodMonitor').spec.selector.matchLabels['app.kubernetes.io/component'] = 'wbe';
    },
    /finds no pod/,
  ),
  review(
    'a namespace',
    (all) => {
      delete web(all).metadata.namespace;
    },
    /not its own/,
  ),
  review(
    'a store that secrets are fetched from',
    (all) => {
      find(all, 'SecretStore').metadata.name = 'another';
    },
    /refers to SecretStore orders-main, which is not there/,
  ),
  review(
    'one who signs the certificate',
    (all) => {
      find(all, 'Issuer').metadata.name = 'another';
    },
    /refers to Issuer orders, which is not there/,
    'controller',
  ),
  review(
    'an analysis of the new version',
    (all) => {
      find(all, 'AnalysisTemplate').metadata.name = 'another';
    },
    /refers to AnalysisTemplate orders-web, which is not there/,
    'canary',
  ),
  review(
    'a template that the rollout takes its pods from',
    (all) => {
      find(all, 'Rollout').spec.workloadRef.name = 'another';
    },
    /refers to Deployment another, which is not there/,
    'canary',
  ),
  review(
    'a rollout that the autoscaler scales',
    (all) => {
      find(all, 'HorizontalPodAutoscaler', 'web').spec.scaleTargetRef.name = 'another';
    },
    /refers to Rollout another, which is not there/,
    'canary',
  ),
  review(
    'a preview of the new version',
    (all) => {
      find(all, 'Service', 'preview').metadata.name = 'another';
    },
    /refers to Service orders-web-preview, which is not there/,
    'blue-green',
  ),
  review(
    'a target of recommendations',
    (all) => {
      find(all, 'VerticalPodAutoscaler').spec.targetRef.name = 'another';
    },
    /refers to Deployment another, which is not there/,
  ),
  review(
    'a version that every object tells',
    (all) => {
      delete web(all).metadata.labels['app.kubernetes.io/version'];
    },
    /has no label version/,
  ),
];
