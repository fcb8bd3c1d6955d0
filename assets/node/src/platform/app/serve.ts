import { setTimeout as sleep } from 'node:timers/promises';
import { ManagementServer } from '../health/management-server.js';
import type { AppPlugin } from '../http/types.js';
import { drain } from '../shutdown/drain.js';
import type { StopCause } from '../shutdown/signals.js';
import { listenError } from './errors.js';
import type { Runtime } from './runtime.js';
import type { Modules, PlatformConfig } from './types.js';
import { buildServer } from './web.js';

/** Brings the web process up: first the probes, then the modules, and the public server last. */
export async function startWeb<Config extends PlatformConfig>(
  runtime: Runtime<Config>,
  modules: Modules<Config>,
  plugin: AppPlugin,
): Promise<void> {
  const { config, log, lifecycle, closers } = runtime;
  const { host, port, managementPort } = config;
  if (managementPort !== port) await listenForProbes(runtime);
  const { app, inFlight } = await buildServer(runtime, modules, plugin);
  closers.add('the public server', async () => {
    await drain(app.server, inFlight);
    await app.close();
  });
  try {
    await app.listen({ port, host, listenTextResolver: (address) => `listening at ${address}` });
  } catch (error) {
    throw listenError(error, port, host, 'PORT');
  }
  lifecycle.started();
  log.info({ startMs: Math.round(performance.now()) }, 'ready');
}

/** Not ready any more, but still serving: load balancers take a while to look elsewhere. */
export async function stopWeb({ config }: Runtime<PlatformConfig>, { error }: StopCause): Promise<void> {
  // After an uncaught error nothing is certain any more, so it goes without waiting.
  if (error === undefined) await sleep(config.shutdownDelay);
}

export async function listenForProbes({ config, log, endpoints, closers }: Runtime<PlatformConfig>): Promise<void> {
  const { host, managementPort } = config;
  const server = new ManagementServer(endpoints, log);
  closers.add('the management server', () => server.close());
  try {
    await server.listen(managementPort, host);
  } catch (error) {
    throw listenError(error, managementPort, host, 'MANAGEMENT_PORT');
  }
}
