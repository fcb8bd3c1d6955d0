import type { HealthCheck } from '../health/check.js';
import type { Endpoint } from '../health/endpoints.js';
import type { HealthMonitor } from '../health/monitor.js';
import type { ProblemMapper } from '../http/errors.js';
import type { RequestObserver } from '../http/observer.js';
import type { ErrorListener, Log, LogContext } from '../logging/types.js';
import type { Metrics } from '../metrics/metrics.js';

export type { HealthCheck } from '../health/check.js';
export type { Endpoint } from '../health/endpoints.js';

export interface ModuleContext<Config> {
  readonly service: string;
  readonly version: string;
  readonly config: Config;
  readonly log: Log;
  /** Where the module registers what it measures. */
  readonly metrics: Metrics;
  /** What the checks of all modules say. */
  readonly health: HealthMonitor;
  /** Adds to each line of the log what belongs to the work it was written in. */
  readonly addLogContext: (context: LogContext) => void;
  /** Tells of each error that is logged as one: a request that failed, a worker or job, what nobody caught. */
  readonly onError: (hear: ErrorListener) => void;
  /** Masks the secrets of the configuration in a text that leaves the process by another way than the log. */
  readonly mask: (text: string) => string;
}

export interface OpenedModule<Resource> {
  /** What routes, workers and jobs use: `app.<name>`, `resources.<name>`. */
  readonly resource: Resource;
  readonly checks: readonly HealthCheck[];
  /** Answered beside the probes and `/metrics`, by path. */
  readonly endpoints?: Readonly<Record<string, Endpoint>>;
  /** Hears of every request; one module of a service may have one. */
  readonly observer?: RequestObserver;
  close(): Promise<void>;
}

/**
 * A part of the platform with a life of its own. Modules are opened in order before the service listens,
 * and closed in reverse after it has drained.
 */
export interface PlatformModule<Name extends string, Resource, Config> {
  readonly name: Name;
  /** Must not fail because something outside is down: that is what the checks are for. */
  readonly open: (context: ModuleContext<Config>) => Promise<OpenedModule<Resource>>;
  /** Says what an error of this module's means to a client; undefined when it isn't one of its own. */
  readonly problems?: ProblemMapper;
}
