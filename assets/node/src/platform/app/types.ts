import type { HealthConfig } from '../health/types.js';
import type { HttpConfig } from '../http/types.js';
import type { Log, LogConfig } from '../logging/types.js';
import type { ShutdownConfig } from '../shutdown/types.js';
import type { FollowConfig } from './follow-secrets.js';
import type { PlatformModule } from './module.js';

export type { App, AppPlugin } from '../http/types.js';
export type { Log } from '../logging/types.js';

/** What the platform reads of a service's configuration. */
export interface PlatformConfig extends HttpConfig, HealthConfig, LogConfig, ShutdownConfig, FollowConfig {}

/** Modules of a service whose configuration has what each of them reads. */
export type Modules<Config> = readonly PlatformModule<string, unknown, Config>[];

type ResourceOf<M> = M extends { readonly open: (...context: never[]) => Promise<{ readonly resource: infer R }> }
  ? R
  : never;

/** The resources of the opened modules, by the module's name. */
export type Resources<M extends readonly { readonly name: string }[]> = {
  readonly [One in M[number] as One['name']]: ResourceOf<One>;
};

/** What the code of a worker or a job gets. */
export interface ProcessContext<Config, M extends readonly { readonly name: string }[]> {
  readonly config: Config;
  readonly log: Log;
  /** Aborts when the process is asked to stop: finish what is in hand, begin nothing new, return. */
  readonly signal: AbortSignal;
  readonly resources: Resources<M>;
}
