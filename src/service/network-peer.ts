import { isIP } from 'node:net';

/**
 * Where in a cluster a backing service's pods are.
 */
export interface InClusterPeerProps {
  /**
   * The namespace of the pods.
   *
   * @default - the service's own namespace
   */
  readonly namespace?: string;

  /**
   * The labels that select the pods.
   */
  readonly podLabels: Record<string, string>;
}

/**
 * How a network peer is told from the rest of the network.
 */
export enum NetworkPeerKind {
  /** Pods of the same cluster. */
  IN_CLUSTER = 'in-cluster',
  /** A block of addresses. */
  CIDR = 'cidr',
  /** Any address, with a reason. */
  ANYWHERE = 'anywhere',
}

/**
 * The far end of a connection, as narrow as it can be said.
 *
 * @example
 * NetworkPeer.inCluster({ namespace: 'data', podLabels: { app: 'redis' } });
 * NetworkPeer.anywhere('the payment provider publishes no address ranges');
 */
export class NetworkPeer {
  /** Pods of the same cluster. */
  public static inCluster(props: InClusterPeerProps): NetworkPeer {
    return new NetworkPeer(NetworkPeerKind.IN_CLUSTER, undefined, undefined, props.namespace, props.podLabels);
  }

  /**
   * A block of addresses.
   *
   * @param block in CIDR notation, such as `10.20.0.0/24`
   */
  public static cidr(block: string): NetworkPeer {
    return new NetworkPeer(NetworkPeerKind.CIDR, block);
  }

  /**
   * Any address on the port of the backing service.
   *
   * @param reason why it cannot be narrowed; shown in the generated policy
   */
  public static anywhere(reason: string): NetworkPeer {
    return new NetworkPeer(NetworkPeerKind.ANYWHERE, undefined, reason);
  }

  private constructor(
    /** How the peer is told from the rest of the network. */
    public readonly kind: NetworkPeerKind,
    /** The block of addresses. */
    public readonly block?: string,
    /** Why the peer cannot be narrowed. */
    public readonly reason?: string,
    /** The namespace of the pods. */
    public readonly namespace?: string,
    /** The labels that select the pods. */
    public readonly podLabels: Record<string, string> = {},
  ) {}

  /**
   * Says why the peer is nowhere, or nothing when it is somewhere.
   */
  public flaw(): string | undefined {
    switch (this.kind) {
      case NetworkPeerKind.IN_CLUSTER:
        return Object.keys(this.podLabels).length > 0 ? undefined : 'is in the cluster without labels that select it';
      case NetworkPeerKind.CIDR:
        return isBlock(this.block ?? '') ? undefined : `is at ${this.block}, which is no block such as 10.20.0.0/24`;
      case NetworkPeerKind.ANYWHERE:
        return this.reason?.trim() ? undefined : 'is anywhere without a reason';
    }
  }
}

/** A block of all addresses is none: that is `anywhere`, and takes a reason. */
function isBlock(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = isIP(address);
  return (
    family !== 0 && rest.length === 0 && /^[1-9]\d{0,2}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
  );
}
