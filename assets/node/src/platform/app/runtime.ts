import { ConfigError } from '../config/errors.js';
import { secretValues } from '../config/secret.js';
import { type Endpoint, healthEndpoints } from '../health/endpoints.js';
import { Lifecycle } from '../health/lifecycle.js';
import { HealthMonitor } from '../health/monitor.js';
import type { RequestObserver } from '../http/observer.js';
import { invalidProxies } from '../http/proxies.js';
import { createLogging } from '../logging/logger.js';
import { Redactor } from '../logging/redact.js';
import type { ErrorListener, Log, LogContext } from '../logging/types.js';
import { createMetrics, type Metrics, measureLog, metricsEndpoint } from '../metrics/metrics.js';
import { Closers } from '../shutdown/closers.js';
import { followSecrets } from './follow-secrets.js';
import type { Modules, PlatformConfig, Resources } from './types.js';

/** What every process of the service has, whatever it runs. */
export interface Runtime<Config> {
  readonly service: string;
  readonly version: string;
  readonly config: Config;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly flush: () => Promise<void>;
  readonly addLogContext: (context: LogContext) => void;
  readonly onError: (hear: ErrorListener) => void;
  readonly lifecycle: Lifecycle;
  readonly monitor: HealthMonitor;
  readonly metrics: Metrics;
  readonly closers: Closers;
  /** Paths answered on the management port. */
  readonly endpoints: Record<string, Endpoint>;
}

export interface Identity {
  readonly service: string;
  readonly version: string;
}

export async function createRuntime<Config extends PlatformConfig>(
  { service, version }: Identity,
  config: Config,
): Promise<Runtime<Config>> {
  refuseInvalidProxies(config);
  const { environment, logLevel } = config;
  const redactor = new Redactor(secretValues(config));
  const logging = await createLogging({ service, version, environment, level: logLevel, redactor });
  const { log, flush, addContext, onError } = logging;
  const lifecycle = new Lifecycle();
  const monitor = new HealthMonitor(log);
  const metrics = createMetrics();
  measureLog(metrics, logging.dropped);
  const closers = new Closers(log);
  const following = followSecrets(config, { log, metrics, redactor });
  if (following) closers.add('the reading of secrets', () => following.stop());
  const endpoints = healthEndpoints({ service, version, environment, lifecycle, monitor });
  return {
    service,
    version,
    config,
    log,
    redactor,
    flush,
    addLogContext: addContext,
    onError,
    lifecycle,
    monitor,
    metrics,
    closers,
    endpoints: { ...endpoints, '/metrics': metricsEndpoint(metrics) },
  };
}

export interface Opened<M extends Modules<never>> {
  readonly resources: Resources<M>;
  readonly observer: RequestObserver | undefined;
}

/** Opens the modules in order, so that what fails leaves those before it to the closers. */
export async function openModules<Config, M extends Modules<Config>>(
  runtime: Runtime<Config>,
  modules: M,
): Promise<Opened<M>> {
  const { service, version, config, metrics, monitor, addLogContext, onError } = runtime;
  const mask = (text: string) => runtime.redactor.maskText(text);
  const resources: Record<string, unknown> = {};
  let observer: RequestObserver | undefined;
  for (const { name, open } of modules) {
    const log = runtime.log.child({ module: name });
    const context = { service, version, config, log, metrics, health: monitor, addLogContext, onError, mask };
    const opened = await open(context);
    runtime.closers.add(name, () => opened.close());
    runtime.monitor.add(opened.checks);
    Object.assign(runtime.endpoints, opened.endpoints);
    observer ??= opened.observer;
    resources[name] = opened.resource;
  }
  return { resources: resources as Resources<M>, observer };
}

function refuseInvalidProxies({ environment, trustedProxies }: PlatformConfig): void {
  const invalid = invalidProxies(trustedProxies);
  if (invalid.length === 0) return;
  throw new ConfigError(
    environment,
    invalid.map((proxy) => `TRUSTED_PROXIES: "${proxy}" is neither an address nor a network as 10.0.0.0/8.`),
  );
}
