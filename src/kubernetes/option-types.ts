import { Cpu, Duration, Memory } from '../service';
import { count, flag, instance, list, made, peer, record, type Shape, struct, text } from '../service/option-shapes';
import {
  type K8sCaller,
  type K8sControllerProps,
  type K8sGatewayProps,
  K8sIngress,
  K8sIngressKind,
  type K8sIngressProps,
} from './k8s-ingress';
import type {
  K8sEnvironment,
  K8sManifestsOptions,
  K8sPrometheusOperator,
  K8sReplicas,
  K8sResources,
} from './k8s-manifests-options';
import { type K8sBlueGreenProps, type K8sCanaryProps, K8sRollout } from './k8s-rollout';

const cpu = instance(Cpu, 'Cpu.millis(250)');
const memory = instance(Memory, 'Memory.mebibytes(256)');
const duration = instance(Duration, 'Duration.seconds(5)');

const common: Record<keyof K8sIngressProps, Shape> = { process: text, idleTimeout: duration };

const INGRESSES: Record<K8sIngressKind, Shape> = {
  [K8sIngressKind.GATEWAY]: struct<K8sGatewayProps>({
    ...common,
    gateway: text,
    namespace: text,
    listener: text,
    proxyNamespace: text,
    proxyLabels: record(text),
  }),
  [K8sIngressKind.CONTROLLER]: struct<K8sControllerProps>({
    ...common,
    className: text,
    controllerNamespace: text,
    controllerLabels: record(text),
    clusterIssuer: text,
    acmeEmail: text,
  }),
  [K8sIngressKind.INTERNAL]: struct<K8sIngressProps & { callers: K8sCaller[] }>({
    ...common,
    callers: list(struct<K8sCaller>({ namespace: text, podLabels: record(text) })),
  }),
};

const ingress = instance(
  K8sIngress,
  "K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' })",
  made(
    ({ _props }) => _props,
    ({ _kind }) => INGRESSES[_kind as K8sIngressKind],
  ),
);

const rollout = instance(
  K8sRollout,
  'K8sRollout.canary()',
  made(
    ({ _props }) => _props,
    () =>
      struct<K8sCanaryProps & K8sBlueGreenProps>({
        steps: list(count),
        pause: duration,
        watch: duration,
        prometheus: text,
      }),
  ),
);

const resources = record(struct<K8sResources>({ cpu, memory, memoryLimit: memory, temporaryStorage: memory }));
const peers = record(peer);

/** The options of the manifests. */
export const OPTIONS = struct<K8sManifestsOptions & { enabled?: boolean }>({
  enabled: flag,
  namespace: text,
  image: text,
  ingress,
  resources,
  peers,
  environments: record(
    struct<K8sEnvironment>({
      hosts: list(text),
      imageDigest: text,
      replicas: record(struct<K8sReplicas>({ min: count, max: count, minAvailable: count })),
      resources,
      peers,
      optionalSecrets: list(text),
    }),
  ),
  prometheusOperator: struct<K8sPrometheusOperator>({
    namespace: text,
    podLabels: record(text),
    selectorLabels: record(text),
    prober: text,
  }),
  rollout,
  resourceRecommendations: flag,
  dataVolume: memory,
  preStop: duration,
});
