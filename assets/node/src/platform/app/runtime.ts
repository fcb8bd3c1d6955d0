import { ConfigError } from '../config/errors.js';
import { secretValues } from '../config/secret.js';
import { type Endpoint, healthEndpoints } from '../health/endpoints.js';
import { Lifecycle } from '../health/lifecycle.js';
import { HealthMonitor } from '../health/monitor.js';
import { invalidProxies } from '../http/proxies.js';
import { createLogging } from '../logging/logger.js';
import { Redactor } from '../logging/redact.js';
import type { Log } from '../logging/types.js';
import { createMetrics, type Metrics, metricsEndpoint } from '../metrics/metrics.js';
import { Closers } from '../shutdown/closers.js';
import { followSecrets } from './follow-secrets.js';
import type { Modules, PlatformConfig, Resources } from './types.js';

/** What every process of the service has, whatever it runs. */
export interface Runtime<Config> {
  readonly service: string;
  readonly version: string;
  readonly config: Config;
  readonly log: Log;
  readonly flush: () => Promise<void>;
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
  const { log, flush } = await createLogging({ service, version, environment, level: logLevel, redactor });
  const lifecycle = new Lifecycle();
  const monitor = new HealthMonitor(log);
  const metrics = createMetrics();
  const closers = new Closers(log);
  const following = followSecrets(config, { log, metrics, redactor });
  if (following) closers.add('the reading of secrets', () => following.stop());
  const endpoints = healthEndpoints({ service, version, environment, lifecycle, monitor });
  return {
    service,
    version,
    config,
    log,
    flush,
    lifecycle,
    monitor,
    metrics,
    closers,
    endpoints: { ...endpoints, '/metrics': metricsEndpoint(metrics) },
  };
}

/** Opens the modules in order, so that what fails leaves those before it to the closers. */
export async function openModules<Config, M extends Modules<Config>>(
  runtime: Runtime<Config>,
  modules: M,
): Promise<Resources<M>> {
  const resources: Record<string, unknown> = {};
  for (const { name, open } of modules) {
    const opened = await open({
      config: runtime.config,
      log: runtime.log.child({ module: name }),
      metrics: runtime.metrics,
    });
    runtime.closers.add(name, () => opened.close());
    runtime.monitor.add(opened.checks);
    Object.assign(runtime.endpoints, opened.endpoints);
    resources[name] = opened.resource;
  }
  return resources as Resources<M>;
}

function refuseInvalidProxies({ environment, trustedProxies }: PlatformConfig): void {
  const invalid = invalidProxies(trustedProxies);
  if (invalid.length === 0) return;
  throw new ConfigError(
    environment,
    invalid.map((proxy) => `TRUSTED_PROXIES: "${proxy}" is neither an address nor a network as 10.0.0.0/8.`),
  );
}
