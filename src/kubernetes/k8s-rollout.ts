import type { Duration } from '../service';

/**
 * How a canary grows.
 */
export interface K8sCanaryProps {
  /**
   * The shares of the pods that run the new version, in percent, one after the other. What is left comes last.
   *
   * @default - 10, 30 and 60
   */
  readonly steps?: number[];

  /**
   * How long each step is watched before the next.
   *
   * @default Duration.minutes(5)
   */
  readonly pause?: Duration;

  /**
   * The address of Prometheus, which answers whether the objectives hold.
   *
   * @default - the operator's Service in the namespace of `prometheusOperator`, such as `http://prometheus-operated.monitoring.svc:9090`
   */
  readonly prometheus?: string;
}

/**
 * How the new version is tried before it takes over.
 */
export interface K8sBlueGreenProps {
  /**
   * How long the new version is watched after it took over; the old one waits that long to come back.
   *
   * @default Duration.minutes(10)
   */
  readonly watch?: Duration;

  /**
   * The address of Prometheus, which answers whether the objectives hold.
   *
   * @default - the operator's Service in the namespace of `prometheusOperator`, such as `http://prometheus-operated.monitoring.svc:9090`
   */
  readonly prometheus?: string;
}

/**
 * The strategies.
 *
 * @internal
 */
export enum K8sRolloutKind {
  ROLLING = 'rolling',
  CANARY = 'canary',
  BLUE_GREEN = 'blue-green',
}

/**
 * How a new version of the web processes takes over.
 *
 * @example
 * K8sRollout.canary({ steps: [5, 25, 50], pause: Duration.minutes(10) });
 */
export class K8sRollout {
  /** Pod by pod: a new one is ready before an old one goes. Needs nothing but Kubernetes. */
  public static rolling(): K8sRollout {
    return new K8sRollout(K8sRolloutKind.ROLLING, {});
  }

  /**
   * A growing share of the pods, with Argo Rollouts; taken back by itself when the service misses an objective.
   *
   * @see https://argo-rollouts.readthedocs.io/en/stable/features/canary/
   */
  public static canary(props: K8sCanaryProps = {}): K8sRollout {
    return new K8sRollout(K8sRolloutKind.CANARY, props);
  }

  /**
   * All at once beside the old version, with Argo Rollouts; taken back by itself when the service misses an objective.
   *
   * @see https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/
   */
  public static blueGreen(props: K8sBlueGreenProps = {}): K8sRollout {
    return new K8sRollout(K8sRolloutKind.BLUE_GREEN, props);
  }

  /** @internal */
  public readonly _kind: K8sRolloutKind;
  /** @internal */
  public readonly _props: K8sCanaryProps & K8sBlueGreenProps;

  private constructor(kind: K8sRolloutKind, props: any) {
    this._kind = kind;
    this._props = props;
  }
}
