import { createServer, type Server } from '../http/server.js';
import type { AppPlugin } from '../http/types.js';
import { openModules, type Runtime } from './runtime.js';
import type { Modules, PlatformConfig } from './types.js';

/** The public server with the service's modules, its routes and, where they share the port, its probes. */
export async function buildServer<Config extends PlatformConfig>(
  runtime: Runtime<Config>,
  modules: Modules<Config>,
  plugin: AppPlugin,
): Promise<Server> {
  const { service, version, config, log, lifecycle } = runtime;
  const { resources, observer } = await openModules(runtime, modules);
  const server = await createServer({
    service,
    version,
    config,
    log,
    problems: modules.flatMap(({ problems }) => problems ?? []),
    isDraining: () => lifecycle.isDraining,
    observer,
  });
  const { app } = server;
  for (const [name, value] of Object.entries<unknown>({ config, ...resources })) app.decorate(name, value);
  if (config.managementPort === config.port) serveEndpoints(server, runtime);
  await app.register(plugin);
  await app.ready();
  return server;
}

function serveEndpoints({ app }: Server, { endpoints }: Runtime<unknown>): void {
  for (const [url, endpoint] of Object.entries(endpoints)) {
    // Never limited, or the orchestrator would restart a busy process; never logged, or the log would be mostly them.
    const options = {
      config: { rateLimit: false, unobserved: true },
      logLevel: 'silent',
      schema: { hide: true },
    } as const;
    app.get(url, options, async (request, reply) => {
      reply.hijack();
      await endpoint(request.raw, reply.raw);
    });
  }
}
