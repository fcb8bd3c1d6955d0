import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { BATCH, BatchedDestination } from './batch.js';
import { serializeError } from './error.js';
import type { Redactor } from './redact.js';
import type { ErrorListener, LogContext, LogLevel } from './types.js';

/** Bytes that wait for a reader of the log who has fallen behind; what comes then is dropped, not the service. */
const MOST_IN_MEMORY = 16 * 1024 * 1024;

export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly level: LogLevel;
  /** Knows the values that no line may show. */
  readonly redactor: Redactor;
  /** @default - standard output */
  readonly destination?: DestinationStream;
}

export interface Logging {
  readonly log: Logger;
  /** Resolves when nothing is in memory any more. */
  flush(): Promise<void>;
  /** Lines that were lost because whoever reads them has fallen behind. */
  dropped(): number;
  /** Adds to each line what belongs to the work it was written in. */
  addContext(context: LogContext): void;
  /** Every error that matters is a line, once: whoever tracks errors hears of them here. */
  onError(hear: ErrorListener): void;
}

export async function createLogging(options: LoggerOptions): Promise<Logging> {
  const { service, version, environment, level, redactor } = options;
  const stream = options.destination ?? (await prettyStream(environment)) ?? standardOutput();
  let contextOf: LogContext = noContext;
  let hear: ErrorListener | undefined;
  const log = pino(
    {
      level,
      base: { service, environment, version },
      timestamp: isoTime,
      errorKey: 'error',
      serializers: { error: serializeError, err: serializeError },
      formatters: { level: (label) => ({ level: label }) },
      // What a line says itself wins: that of a request is written when it is over, in no context or in another's.
      mixin: (line, level, logger) => {
        const context = 'traceId' in line ? NOTHING : (contextOf() ?? NOTHING);
        if (hear !== undefined && level >= ERROR) {
          tell(hear, { ...logger.bindings(), ...context, level: level > ERROR ? 'fatal' : 'error', ...line });
        }
        return context;
      },
      mixinMergeStrategy: withContext,
      hooks: { streamWrite: (line) => redactor.mask(line) },
    },
    stream,
  );
  return {
    log,
    flush: async () => (stream instanceof BatchedDestination ? stream.flush() : undefined),
    dropped: () => (stream instanceof BatchedDestination ? stream.dropped : 0),
    addContext: (context) => {
      contextOf = context;
    },
    onError: (listener) => {
      hear = listener;
    },
  };
}

/** Pino's number of the level. */
const ERROR = 50;

function tell(hear: ErrorListener, line: Record<string, unknown>): void {
  const error = line['error'] ?? line['err'];
  if (error instanceof Error) hear(error, line);
}

const NOTHING = Object.freeze({});
const noContext: LogContext = () => undefined;

function withContext(line: object, context: object): object {
  return context === NOTHING ? line : Object.assign(context, line);
}

let shared: DestinationStream | undefined;

/** One for the process, however many loggers write to it. */
function standardOutput(): DestinationStream {
  shared ??= new BatchedDestination(
    destination({ fd: 1, sync: false, minLength: 1, maxWrite: 2 * BATCH, maxLength: MOST_IN_MEMORY }),
  );
  return shared;
}

/** Pretty lines are for people at work: in dev, at a terminal, where pino-pretty is installed. Programs get JSON. */
async function prettyStream(environment: string): Promise<DestinationStream | undefined> {
  if (environment !== 'dev' || !process.stdout.isTTY) return undefined;
  try {
    const { prettyFactory } = await import('pino-pretty');
    const pretty = prettyFactory({
      colorize: true,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'service,environment,version',
      errorLikeObjectKeys: ['error', 'err'],
    });
    return { write: (line) => process.stdout.write(pretty(line)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

let second = 0;
let prefix = '';

/** ISO 8601; formatting the date once a second is three times as fast as once a line. */
function isoTime(): string {
  const now = Date.now();
  const milliseconds = now % 1000;
  if (now - milliseconds !== second || prefix === '') {
    second = now - milliseconds;
    prefix = `,"time":"${new Date(second).toISOString().slice(0, -4)}`;
  }
  return `${prefix}${String(milliseconds).padStart(3, '0')}Z"`;
}
