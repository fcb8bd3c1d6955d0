import type { Cpu, Duration, Memory, NetworkPeer } from '../service';
import type { K8sIngress } from './k8s-ingress';
import type { K8sRollout } from './k8s-rollout';

/**
 * What a process may use of a node.
 */
export interface K8sResources {
  /**
   * Processor time it is sure to get. There is no limit: one would slow it down while processors idle.
   *
   * @default Cpu.millis(250)
   */
  readonly cpu?: Cpu;

  /**
   * Memory it is sure to get.
   *
   * @default Memory.mebibytes(512)
   */
  readonly memory?: Memory;

  /**
   * Memory it is killed beyond. More than it is sure to get means that a full node kills it first.
   *
   * @default - what it is sure to get
   */
  readonly memoryLimit?: Memory;

  /**
   * Disk it may write to in `/tmp`, which is all it can write to.
   *
   * @default Memory.mebibytes(64)
   */
  readonly temporaryStorage?: Memory;
}

/**
 * How many of a process run: a range has an autoscaler, a number has none.
 */
export interface K8sReplicas {
  /**
   * How many run at least.
   */
  readonly min: number;

  /**
   * How many run at most.
   *
   * @default - as many as at least
   */
  readonly max?: number;

  /**
   * How many keep running while nodes are drained.
   *
   * @default - all but one
   */
  readonly minAvailable?: number;
}

/**
 * What differs in an environment.
 */
export interface K8sEnvironment {
  /**
   * The host names it answers to, such as `orders.example.com`.
   *
   * @default - not configured yet
   */
  readonly hosts?: string[];

  /**
   * The digest of the image, `sha256:` and 64 hexadecimal digits. Leave it out where the pipeline gives it to `k8s:render`.
   *
   * @default - not configured yet
   */
  readonly imageDigest?: string;

  /**
   * How many of each process run, by its name.
   *
   * @default - 3 to 6 web processes and 2 workers in production, 2 and 1 elsewhere; one of a singleton
   */
  readonly replicas?: Record<string, K8sReplicas>;

  /**
   * What each process may use of a node, by its name.
   *
   * @default - the same everywhere
   */
  readonly resources?: Record<string, K8sResources>;

  /**
   * Where on the network backing services are, by their names.
   *
   * @default - where they are everywhere
   */
  readonly peers?: Record<string, NetworkPeer>;

  /**
   * The optional secrets that exist there, by the names of their config variables. Those that are required are mounted anyway.
   *
   * @default - none
   */
  readonly optionalSecrets?: string[];
}

/**
 * Prometheus, run by its operator.
 */
export interface K8sPrometheusOperator {
  /**
   * The namespace Prometheus is in.
   *
   * @default "monitoring"
   */
  readonly namespace?: string;

  /**
   * The labels of Prometheus's pods, which alone may ask for metrics.
   *
   * @default - app.kubernetes.io/name: prometheus
   */
  readonly podLabels?: Record<string, string>;

  /**
   * The labels by which it finds monitors and rules, such as `{ release: 'kube-prometheus-stack' }`.
   *
   * @default - none
   */
  readonly selectorLabels?: Record<string, string>;

  /**
   * Where the blackbox exporter listens, such as `blackbox-exporter.monitoring:9115`. It asks the hosts of each environment from
   * outside, by its module `http_2xx`; alerts about their certificates know no other source. Wildcards are left out: no single name
   * stands for them.
   *
   * @default - nobody looks at the service from outside
   */
  readonly prober?: string;
}

/**
 * What can be chosen about the manifests.
 */
export interface K8sManifestsOptions {
  /**
   * The namespace, which is the service's own.
   *
   * @default - the name of the service
   */
  readonly namespace?: string;

  /**
   * The image's repository, without tag and digest, such as `registry.example.com/shop/orders`.
   *
   * @default - not configured yet
   */
  readonly image?: string;

  /**
   * How requests come in.
   *
   * @default - not configured yet
   */
  readonly ingress?: K8sIngress;

  /**
   * What each process may use of a node, by its name.
   *
   * @default - 250 thousandths of a processor and 512 MiB
   */
  readonly resources?: Record<string, K8sResources>;

  /**
   * Where on the network backing services are, by their names.
   *
   * @default - where the backing services say themselves
   */
  readonly peers?: Record<string, NetworkPeer>;

  /**
   * What differs in an environment, by its name.
   *
   * @default - nothing
   */
  readonly environments?: Record<string, K8sEnvironment>;

  /**
   * Has Prometheus's operator scrape the pods and evaluate the rules.
   *
   * @default - the operator is not used
   */
  readonly prometheusOperator?: K8sPrometheusOperator;

  /**
   * How a new version takes over.
   *
   * @default K8sRollout.rolling()
   */
  readonly rollout?: K8sRollout;

  /**
   * Whether a vertical autoscaler recommends resources. It changes none.
   *
   * @default false
   */
  readonly resourceRecommendations?: boolean;

  /**
   * The size of the volume of a service that keeps its data in a file of its own, such as one on SQLite.
   *
   * @default Memory.gibibytes(1)
   */
  readonly dataVolume?: Memory;

  /**
   * How long a web process goes on before it is told to stop, so that requests on their way still find it.
   *
   * @default Duration.seconds(3)
   */
  readonly preStop?: Duration;
}
