import type { ModuleContext } from '../../src/platform/app/module.js';
import { HealthMonitor } from '../../src/platform/health/monitor.js';
import type { Log } from '../../src/platform/logging/types.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';

const QUIET = new Proxy({}, { get: () => () => undefined }) as Log;

/** What a module is opened with, where a test does not care. */
export function contextOf<Config>(
  config: Config,
  { log = QUIET, metrics = createMetrics(), ...more }: Partial<ModuleContext<Config>> = {},
): ModuleContext<Config> {
  const health = new HealthMonitor(log);
  return {
    service: 'orders',
    version: '1.2.3',
    config,
    log,
    metrics,
    health,
    addLogContext: () => undefined,
    onError: () => undefined,
    mask: (text) => text,
    ...more,
  };
}
