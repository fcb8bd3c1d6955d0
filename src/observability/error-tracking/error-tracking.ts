import type { NetworkPeer } from '../../service';

/**
 * What Sentry needs to hear of errors.
 */
export interface SentryProps {
  /**
   * Where on the network it is, such as a Sentry of your own in the cluster.
   *
   * @default - anywhere: the addresses of sentry.io are not fixed
   */
  readonly peer?: NetworkPeer;
}

/**
 * What gathers errors so that a person can work through them.
 *
 * Each error is told once: of requests that failed by the service's fault, of workers and jobs, and what nobody caught. Where it is sent
 * to is the secret config variable `SENTRY_DSN`; without it nothing is sent and nothing is loaded.
 *
 * @example
 * new Observability(project, { errorTracking: ErrorTracking.sentry() });
 */
export class ErrorTracking {
  /** Sentry, or what speaks its protocol, such as GlitchTip. */
  public static sentry(props: SentryProps = {}): ErrorTracking {
    return new ErrorTracking(props.peer);
  }

  /** @internal */
  public readonly _peer?: NetworkPeer;

  private constructor(peer: NetworkPeer | undefined) {
    this._peer = peer;
  }
}
