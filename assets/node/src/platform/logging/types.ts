import type { BaseLogger, Bindings, ChildLoggerOptions } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** A logger as Fastify, workers and modules see it. */
export interface Log
  extends Pick<BaseLogger, 'level' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'> {
  child(bindings: Bindings, options?: ChildLoggerOptions): Log;
}

/** What logging reads of the configuration. */
export interface LogConfig {
  readonly environment: string;
  readonly logLevel: LogLevel;
}

/** What belongs to the work a line is written in, such as its trace, in an object of its own; undefined outside of any. */
export type LogContext = () => Record<string, unknown> | undefined;
