import type { NetworkPeer } from './network-peer';

/**
 * A connection that follows from the facts: this process talks to that backing service.
 *
 * Derived, never stated: network policies, local stacks and diagrams read it, and
 * need not know which capability brought the process or the backing service.
 */
export interface NetworkEdge {
  /** The process that connects. */
  readonly process: string;
  /** The backing service it connects to. */
  readonly backingService: string;
  /** The port it connects to. */
  readonly port: number;
  /**
   * Where on the network the backing service is.
   *
   * @default - not configured yet
   */
  readonly peer?: NetworkPeer;
}
