import type { Duration } from '../service';

/**
 * What every way in has in common.
 */
export interface K8sIngressProps {
  /**
   * The web process that requests are led to.
   *
   * @default - the only one, or the one named "web"
   */
  readonly process?: string;

  /**
   * How long the proxy keeps an idle connection to a pod. The server must keep it longer, or a request meets a closed door.
   *
   * @default Duration.seconds(60)
   */
  readonly idleTimeout?: Duration;
}

/**
 * A Gateway that somebody runs for the cluster.
 */
export interface K8sGatewayProps extends K8sIngressProps {
  /**
   * The name of the Gateway.
   */
  readonly gateway: string;

  /**
   * The namespace of the Gateway.
   */
  readonly namespace: string;

  /**
   * The listener that ends TLS.
   *
   * @default "https"
   */
  readonly listener?: string;

  /**
   * The namespace of the pods behind the Gateway, which alone reach the process.
   *
   * @default - the namespace of the Gateway
   */
  readonly proxyNamespace?: string;

  /**
   * The labels of those pods.
   *
   * @default - every pod of that namespace
   */
  readonly proxyLabels?: Record<string, string>;
}

/**
 * An ingress controller, with certificates from cert-manager.
 */
export interface K8sControllerProps extends K8sIngressProps {
  /**
   * The IngressClass.
   */
  readonly className: string;

  /**
   * The namespace of the controller's pods, which alone reach the process.
   */
  readonly controllerNamespace: string;

  /**
   * The labels of those pods.
   *
   * @default - every pod of that namespace
   */
  readonly controllerLabels?: Record<string, string>;

  /**
   * The ClusterIssuer that signs the certificate. Give this or `acmeEmail`.
   *
   * @default - none
   */
  readonly clusterIssuer?: string;

  /**
   * Has Let's Encrypt sign the certificate, through an Issuer of the service's own, and write to this address about it.
   *
   * @default - none
   */
  readonly acmeEmail?: string;
}

/**
 * Pods of the cluster that call the service.
 */
export interface K8sCaller {
  /**
   * Their namespace.
   */
  readonly namespace: string;

  /**
   * Their labels.
   */
  readonly podLabels: Record<string, string>;
}

/**
 * The ways in.
 *
 * @internal
 */
export enum K8sIngressKind {
  GATEWAY = 'gateway',
  CONTROLLER = 'controller',
  INTERNAL = 'internal',
}

/**
 * How requests come in.
 *
 * @example
 * K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' });
 * K8sIngress.controller({ className: 'nginx', controllerNamespace: 'ingress-nginx', clusterIssuer: 'letsencrypt' });
 * K8sIngress.internal([{ namespace: 'shop', podLabels: { app: 'cart' } }]);
 */
export class K8sIngress {
  /**
   * Through a Gateway, by an HTTPRoute. Who runs the Gateway brings its certificate.
   *
   * @see https://gateway-api.sigs.k8s.io/
   */
  public static gateway(props: K8sGatewayProps): K8sIngress {
    return new K8sIngress(K8sIngressKind.GATEWAY, props);
  }

  /**
   * Through an ingress controller, by an Ingress and a Certificate.
   *
   * @see https://cert-manager.io/docs/usage/certificate/
   */
  public static controller(props: K8sControllerProps): K8sIngress {
    return new K8sIngress(K8sIngressKind.CONTROLLER, props);
  }

  /**
   * From pods of the cluster only.
   *
   * @param callers those that may call; nobody else reaches the service
   */
  public static internal(callers: K8sCaller[], props: K8sIngressProps = {}): K8sIngress {
    return new K8sIngress(K8sIngressKind.INTERNAL, { ...props, callers });
  }

  /** @internal */
  public readonly _kind: K8sIngressKind;
  /** @internal */
  public readonly _props: K8sIngressProps & {
    readonly gateway?: string;
    readonly namespace?: string;
    readonly listener?: string;
    readonly proxyNamespace?: string;
    readonly proxyLabels?: Record<string, string>;
    readonly className?: string;
    readonly controllerNamespace?: string;
    readonly controllerLabels?: Record<string, string>;
    readonly clusterIssuer?: string;
    readonly acmeEmail?: string;
    readonly callers?: K8sCaller[];
  };

  private constructor(kind: K8sIngressKind, props: any) {
    this._kind = kind;
    this._props = props;
  }
}
