import { beforeAll, describe, expect, inject, it } from 'vitest';
import { podOf } from '../field/kubernetes/review';
import { Kubectl, type Tree } from './support/kubectl';
import { into, releaseOf } from './support/releases';

const kubectl = new Kubectl(inject('kubeconfig'));
const NAMESPACE = 'refusals';
const objects = into(NAMESPACE, releaseOf('gateway', 'a'));

const find = (kind: string, name = '') =>
  structuredClone(objects.find((object) => object.kind === kind && object.metadata.name.includes(name)))!;

/** A pod of the web processes, as its Deployment would make it. */
function pod(change: (spec: Tree) => void = () => {}): Tree {
  const { metadata, spec } = find('Deployment', 'web').spec.template;
  change(spec);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'tried', namespace: NAMESPACE }, spec };
}

beforeAll(async () => {
  expect((await kubectl.apply(objects)).complaints).toEqual([]);
});

describe('the namespace', () => {
  it('admits the pods of the service', async () => {
    const { passed, complaints } = await kubectl.apply([pod()], '--dry-run=server');
    expect({ passed, complaints }).toEqual({ passed: true, complaints: [] });
  });

  it('refuses a privileged pod, which any other namespace admits', async () => {
    const privileged = pod((spec) => {
      spec.containers[0].securityContext.privileged = true;
      spec.containers[0].securityContext.allowPrivilegeEscalation = true;
    });
    const refused = await kubectl.apply([privileged], '--dry-run=server');
    expect(refused.passed).toBe(false);
    expect(refused.complaints.join('\n')).toMatch(/forbidden: violates PodSecurity "restricted:latest".*privileged/);

    const namespace = 'unguarded';
    const account = find('ServiceAccount');
    await kubectl.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { ...account, metadata: { ...account.metadata, namespace } },
    ]);
    privileged.metadata.namespace = namespace;
    expect(await kubectl.apply([privileged], '--dry-run=server')).toMatchObject({ passed: true });
  });
});

/** What is broken, in which object, and what the API server says to that. */
const BROKEN: ReadonlyArray<readonly [protection: string, object: () => Tree, complaint: RegExp]> = [
  [
    'a Job of the same name with another image',
    () => changed(find('Job', 'migrate'), (job) => (podOf(job).containers[0].image += '-x')),
    /field is immutable/,
  ],
  [
    'another selector of a Deployment',
    () =>
      changed(find('Deployment', 'web'), ({ spec }) => {
        spec.selector.matchLabels.version = spec.template.metadata.labels.version = '2';
      }),
    /field is immutable/,
  ],
  [
    'a block of addresses that is none',
    () =>
      changed(find('NetworkPolicy', 'web'), ({ spec }) => (spec.egress[0].to = [{ ipBlock: { cidr: '10.0.0.0/33' } }])),
    /cidr/,
  ],
  [
    'a port beyond all ports',
    () =>
      changed(find('NetworkPolicy', 'web'), ({ spec }) => (spec.egress[0].ports = [{ protocol: 'TCP', port: 65_536 }])),
    /must be between 1 and 65535/,
  ],
  [
    'a disruption budget that says two things',
    () =>
      changed(find('PodDisruptionBudget', 'web'), ({ spec }) =>
        Object.assign(spec, { minAvailable: 1, maxUnavailable: 1 }),
      ),
    /minAvailable and maxUnavailable cannot be both set/,
  ],
  [
    'an autoscaler whose range is reversed',
    () => changed(find('HorizontalPodAutoscaler', 'web'), ({ spec }) => (spec.minReplicas = spec.maxReplicas + 1)),
    /greater than or equal to `minReplicas`/,
  ],
  [
    'a limit below what is requested',
    () => changed(find('Deployment', 'web'), (object) => (podOf(object).containers[0].resources.limits.memory = '1Mi')),
    /must be less than or equal to memory limit/,
  ],
  [
    'a time zone there is not',
    () => changed(find('CronJob', 'tidy'), ({ spec }) => (spec.timeZone = 'Europe/Nowhere')),
    /unknown time zone/,
  ],
  [
    'a strategy that says how to roll and does not roll',
    () => changed(find('Deployment', 'web'), ({ spec }) => (spec.strategy.type = 'Recreate')),
    /may not be specified when strategy `type` is 'Recreate'/,
  ],
  [
    'a field nobody knows',
    () => changed(find('Deployment', 'web'), ({ spec }) => (spec.replicaz = 1)),
    /field not declared in schema/,
  ],
  [
    'a host with its scheme',
    () => changed(find('HTTPRoute'), ({ spec }) => (spec.hostnames = ['https://orders.example.com'])),
    /spec.hostnames\[0\]/,
  ],
  [
    'a path that a rule of the Gateway API forbids, in CEL',
    () => changed(find('HTTPRoute'), ({ spec }) => (spec.rules[0].matches[0].path.value = 'orders')),
    /value must be an absolute path and start with '\/'/,
  ],
  [
    'a fate of secrets that External Secrets does not know',
    () => changed(find('ExternalSecret'), ({ spec }) => (spec.target.deletionPolicy = 'Keep')),
    /Unsupported value: "Keep"/,
  ],
  [
    'a recommendation that changes what it never should',
    () => changed(find('VerticalPodAutoscaler'), ({ spec }) => (spec.updatePolicy.updateMode = 'Sometimes')),
    /Unsupported value: "Sometimes"/,
  ],
  [
    'a scrape in a unit Prometheus does not know',
    () => changed(find('PodMonitor'), ({ spec }) => (spec.podMetricsEndpoints[0].interval = '15 seconds')),
    /interval/,
  ],
];

function changed(object: Tree, change: (object: Tree) => unknown): Tree {
  change(object);
  return object;
}

it.each(BROKEN)('the API server refuses %s', async (_, object, complaint) => {
  const { passed, complaints } = await kubectl.apply([object()], '--dry-run=server');
  expect({ passed, complaints: complaints.join('\n') }).toEqual({
    passed: false,
    complaints: expect.stringMatching(complaint),
  });
});

it('the API server tells of a field that somebody else has taken', async () => {
  const web = find('Deployment', 'web');
  const { apiVersion, kind, metadata } = web;
  const taken = {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: NAMESPACE },
    spec: { minReadySeconds: 9 },
  };
  await kubectl.apply([taken], '--field-manager=somebody', '--force-conflicts');
  const { passed, complaints } = await kubectl.apply([web], '--dry-run=server');
  expect({ passed, complaints: complaints.join('\n') }).toEqual({
    passed: false,
    complaints: expect.stringMatching(/conflict with "somebody".*\n?.*minReadySeconds/),
  });
});
