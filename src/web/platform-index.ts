import type { NodeRuntime } from '../runtime/node';
import type { Service } from '../service';

/**
 * Prints `src/platform/index.ts`, which binds the runtime to this service's name, configuration and modules.
 */
export function renderPlatformIndex(service: Service, runtime: NodeRuntime): string {
  const modules = runtime.bindings;
  return [
    "import { createPlatform } from './app/platform.js';",
    "import { type Config, loadConfig } from './config.js';",
    ...modules.map(({ exportName, from }) => `import { ${exportName} } from '${from}';`),
    '',
    'export const { serve, work, job, buildApp } = createPlatform({',
    `  service: '${service.serviceName}',`,
    '  loadConfig,',
    `  modules: [${modules.map(({ exportName }) => exportName).join(', ')}],`,
    '});',
    '',
    "declare module 'fastify' {",
    '  interface FastifyInstance {',
    '    readonly config: Config;',
    '  }',
    '}',
    '',
    "export type { App } from './app/types.js';",
    "export { type Config, loadConfig } from './config.js';",
  ].join('\n');
}
