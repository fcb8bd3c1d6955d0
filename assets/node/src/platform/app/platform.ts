import type { ConfigSource } from '../config/load.js';
import type { App, AppPlugin } from '../http/types.js';
import { packageVersion } from '../logging/version.js';
import { launch } from './launch.js';
import { createRuntime } from './runtime.js';
import { listenForProbes, startWeb, stopWeb } from './serve.js';
import { RunningTask, type Task } from './task.js';
import type { Modules, PlatformConfig } from './types.js';
import { buildServer } from './web.js';

export interface PlatformOptions<Config extends PlatformConfig, M extends Modules<Config>> {
  /** The name of the service, as logs and the API document have it. */
  readonly service: string;
  /** @default - the version in the service's package.json */
  readonly version?: string;
  readonly loadConfig: (source?: ConfigSource) => Config | Promise<Config>;
  /** Opened in this order, closed in reverse. */
  readonly modules: M;
}

export interface BuildOptions<Config> {
  /** @default - loaded as `serve` does */
  readonly config?: Config;
}

export interface Platform<Config extends PlatformConfig, M extends Modules<Config>> {
  /** Runs the web process until it is told to stop. Resolves when it listens. */
  serve(app: AppPlugin): Promise<void>;
  /** Runs a worker until it is told to stop, with probes on the management port. */
  work(name: string, run: Task<Config, M>): Promise<void>;
  /** Runs something once, without a server, and ends the process with its exit code. */
  job(name: string, run: Task<Config, M>): Promise<void>;
  /** The app without a listener, for tests: `app.inject(…)`, then `app.close()`. */
  buildApp(app: AppPlugin, options?: BuildOptions<Config>): Promise<App>;
}

/** Binds the platform to one service: its name, its configuration, its modules. */
export function createPlatform<Config extends PlatformConfig, const M extends Modules<Config>>(
  options: PlatformOptions<Config, M>,
): Platform<Config, M> {
  const { service, version = packageVersion(), loadConfig, modules } = options;
  const identity = { service, version };

  return {
    serve: (app) =>
      launch<Config>({
        ...identity,
        loadConfig: () => loadConfig({ process: 'web' }),
        start: async (runtime) => {
          await startWeb(runtime, modules, app);
          return 'running';
        },
        stop: stopWeb,
      }),

    work: (name, run) => {
      const task = new RunningTask(name, run);
      return launch<Config>({
        ...identity,
        loadConfig: () => loadConfig({ process: name }),
        start: async (runtime) => {
          await listenForProbes(runtime);
          return task.start(runtime, modules);
        },
        stop: () => task.stop({ mayBeCutShort: true }),
      });
    },

    job: (name, run) => {
      const task = new RunningTask(name, run);
      return launch<Config>({
        ...identity,
        loadConfig: () => loadConfig({ process: name }),
        start: (runtime) => task.start(runtime, modules),
        stop: () => task.stop({ mayBeCutShort: false }),
      });
    },

    buildApp: async (plugin, { config } = {}) => {
      const runtime = await createRuntime(identity, config ?? (await loadConfig({ process: 'web' })));
      try {
        const { app } = await buildServer(runtime, modules, async (app, opts) => {
          app.addHook('onClose', () => runtime.closers.close());
          await plugin(app, opts);
        });
        runtime.lifecycle.started();
        return app;
      } catch (error) {
        await runtime.closers.close();
        throw error;
      }
    },
  };
}
