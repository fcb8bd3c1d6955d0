import { type NetworkPeer, NetworkPeerKind, ProcessKind, type ServiceProcess } from '../../service';
import type { Blueprint } from '../blueprint';
import { K8sIngressKind } from '../k8s-ingress';
import { prometheusOf } from './monitoring';

/** Credentials of the node's own machine, which no process of the service has anything to do with. */
const METADATA = '169.254.169.254/32';

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** What no other policy allows does not happen. */
export function defaultDeny(blueprint: Blueprint): object {
  return policy(`${blueprint.name}-default-deny`, 'Nothing comes in or goes out but what another policy allows', {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
}

/** Names are looked up over UDP, and over TCP where the answer is long. */
export function allowDns(blueprint: Blueprint): object {
  return policy(`${blueprint.name}-dns`, 'Every pod may look up names', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [pods('kube-system', { 'k8s-app': 'kube-dns' })],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  });
}

/** Exactly the connections that follow from the facts. */
export function processPolicy(blueprint: Blueprint, process: ServiceProcess, environment?: string): any {
  if (blueprint.keepsDataInFile && process.processKind === ProcessKind.JOB) {
    // It has no pods of its own.
    return undefined;
  }
  const egress = egressOf(blueprint, process, environment);
  const ingress = ingressOf(blueprint, process);
  return policy(
    blueprint.nameOf(process),
    ['What the process talks to, and who talks to it', ...reasonsOf(blueprint, process, environment)].join('. '),
    {
      podSelector: { matchLabels: blueprint.selectorOf(process) },
      policyTypes: ['Ingress', 'Egress'],
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    },
    blueprint.selectorOf(process),
  );
}

/** cert-manager proves that the host is ours by pods that answer the authority through the ingress controller. */
export function acmePolicy(blueprint: Blueprint): object | undefined {
  const { ingress } = blueprint.options;
  return ingress?._props.acmeEmail === undefined
    ? undefined
    : policy(`${blueprint.name}-acme`, 'The ingress controller reaches the pods that answer challenges', {
        podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: proxies(blueprint), ports: [{ protocol: 'TCP', port: 8089 }] }],
      });
}

function egressOf(blueprint: Blueprint, process: ServiceProcess, environment?: string): object[] {
  const rules = blueprint
    .edgesOf(process, environment)
    .flatMap(({ peer, port }) =>
      peer === undefined ? [] : [{ to: peersOf(peer), ports: [{ protocol: 'TCP', port }] }],
    );
  // Two stores that are anywhere are one rule.
  const texts = rules.map((rule) => JSON.stringify(rule));
  return rules.filter((_, i) => texts.indexOf(texts[i]!) === i);
}

function reasonsOf(blueprint: Blueprint, process: ServiceProcess, environment?: string): string[] {
  return blueprint
    .edgesOf(process, environment)
    .flatMap(({ peer, backingService }) =>
      peer?.kind === NetworkPeerKind.ANYWHERE ? [`${backingService} is anywhere because ${peer.reason}`] : [],
    );
}

function peersOf(peer: NetworkPeer): object[] {
  switch (peer.kind) {
    case NetworkPeerKind.IN_CLUSTER:
      return [pods(peer.namespace, peer.podLabels)];
    case NetworkPeerKind.CIDR:
      return [{ ipBlock: { cidr: peer.block } }];
    case NetworkPeerKind.ANYWHERE:
      return [{ ipBlock: { cidr: '0.0.0.0/0', except: [METADATA] } }, { ipBlock: { cidr: '::/0' } }];
  }
}

function ingressOf(blueprint: Blueprint, process: ServiceProcess): object[] {
  const prometheus = prometheusOf(blueprint);
  const from = blueprint.isFront(process) ? proxies(blueprint) : [];
  return [
    ...(from.length > 0 ? [{ from, ports: [{ protocol: 'TCP', port: 'http' }] }] : []),
    ...(process.isLongRunning && prometheus !== undefined
      ? [
          {
            from: [pods(prometheus.namespace, prometheus.podLabels)],
            ports: [{ protocol: 'TCP', port: blueprint.managementPortName(process) }],
          },
        ]
      : []),
  ];
}

function proxies({ options }: Blueprint): object[] {
  const { ingress } = options;
  const props = ingress?._props;
  switch (ingress?._kind) {
    case K8sIngressKind.GATEWAY:
      return [pods(props?.proxyNamespace ?? props?.namespace, props?.proxyLabels)];
    case K8sIngressKind.CONTROLLER:
      return [pods(props?.controllerNamespace, props?.controllerLabels)];
    case K8sIngressKind.INTERNAL:
      return (props?.callers ?? []).map(({ namespace, podLabels }) => pods(namespace, podLabels));
    default:
      return [];
  }
}

function pods(namespace: string | undefined, labels: Record<string, string> = {}): object {
  return {
    ...(namespace === undefined ? {} : { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: namespace } } }),
    podSelector: Object.keys(labels).length === 0 ? {} : { matchLabels: labels },
  };
}

function policy(name: string, description: string, spec: object, labels?: Record<string, string>): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...(labels ? { labels } : {}), annotations: { 'kubernetes.io/description': description } },
    spec,
  };
}
