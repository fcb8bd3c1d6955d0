import { inspect } from 'node:util';
import { ConfigError } from '../config/errors.js';
import { serializeError } from '../logging/error.js';
import { Redactor } from '../logging/redact.js';
import { type StopCause, stopOnSignals } from '../shutdown/signals.js';
import { exitCodeOf, StartError } from './errors.js';
import { createRuntime, type Identity, type Runtime } from './runtime.js';
import type { PlatformConfig } from './types.js';

/** How bringing a process up ended: it runs on until a signal, or it is over. */
export type Outcome = 'running' | 'finished' | 'failed';

export interface Launch<Config> extends Identity {
  readonly loadConfig: () => Config | Promise<Config>;
  readonly start: (runtime: Runtime<Config>) => Promise<Outcome>;
  /** Ends what runs, before what was opened is closed. */
  readonly stop: (runtime: Runtime<Config>, cause: StopCause) => Promise<void>;
}

/** Starts a process that stops on signals, and ends it with a message and an exit code when it cannot start. */
export async function launch<Config extends PlatformConfig>(options: Launch<Config>): Promise<void> {
  let runtime: Runtime<Config> | undefined;
  try {
    runtime = await createRuntime(options, await options.loadConfig());
    stopRuntimeOnSignals(runtime, options.stop);
    const outcome = await options.start(runtime);
    if (outcome === 'running') return;
    await end(runtime);
    process.exit(outcome === 'finished' ? 0 : 1);
  } catch (error) {
    // Told to stop while starting: what was opened is being closed, and what fails because of that is no news.
    if (runtime?.lifecycle.isDraining) return;
    if (runtime) await end(runtime);
    report(error, options, runtime);
    process.exit(exitCodeOf(error));
  }
}

async function end({ closers, flush }: Runtime<unknown>): Promise<void> {
  await closers.close();
  await flush();
}

function stopRuntimeOnSignals<Config extends PlatformConfig>(
  runtime: Runtime<Config>,
  stop: Launch<Config>['stop'],
): void {
  const { config, log, flush, lifecycle, closers } = runtime;
  stopOnSignals({
    log,
    flush,
    limit: config.shutdownDelay + config.shutdownGrace,
    stop: async (cause) => {
      lifecycle.draining();
      try {
        await stop(runtime, cause);
      } finally {
        await closers.close();
      }
    },
  });
}

/** People read text; elsewhere a line that a log collector understands. */
function report(error: unknown, { service, version }: Identity, runtime?: Runtime<PlatformConfig>): void {
  const place = error instanceof ConfigError ? error.environment : (runtime?.config.environment ?? 'unknown');
  const known = runtime?.redactor ?? new Redactor();
  process.stderr.write(
    place === 'dev'
      ? known.maskText(text(error, service))
      : known.mask(`${JSON.stringify(line(error, service, version, place))}\n`),
  );
}

function text(error: unknown, service: string): string {
  return `${service} could not start: ${error instanceof ConfigError || error instanceof StartError ? error.message : inspect(error)}\n`;
}

function line(error: unknown, service: string, version: string, environment: string): object {
  return {
    level: 'fatal',
    time: new Date().toISOString(),
    service,
    environment,
    version,
    ...details(error),
  };
}

function details(error: unknown): object {
  if (error instanceof ConfigError) return { msg: `could not start: ${error.summary}`, problems: error.problems };
  if (error instanceof StartError) return { msg: `could not start: ${error.message}` };
  return { msg: 'could not start', error: serializeError(error) };
}
