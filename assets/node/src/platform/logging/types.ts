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

/** Hears of each error that a line of level error or fatal is about, with the line and what it is written in. */
export type ErrorListener = (error: Error, line: Readonly<Record<string, unknown>>) => void;

/** What belongs to the work a line is written in, such as its trace, in an object of its own; undefined outside of any. */
export type LogContext = () => Record<string, unknown> | undefined;
