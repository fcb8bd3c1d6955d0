import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Log } from '../logging/types.js';
import { InFlight } from './in-flight.js';
import type { RequestLine, RequestObserver } from './observer.js';

/** What nginx logs when the client has gone before the response. */
const CLIENT_CLOSED_REQUEST = 499;

export interface AccessLogOptions {
  /** Told of what becomes a line, so that what it counts is what the log says. */
  readonly observer?: RequestObserver | undefined;
  /** The share of requests that went well whose lines are written. @default 1 */
  readonly sampleRatio?: number | undefined;
}

/** One line for each request, when it is over; and those that are not over yet. */
export class AccessLog extends LogController {
  /** Replies that are not over. */
  readonly inFlight = new InFlight();
  readonly #log: Log;
  readonly #observer: RequestObserver | undefined;
  readonly #sampleRatio: number;
  readonly #errors = new WeakMap<FastifyRequest, unknown>();

  constructor(log: Log, { observer, sampleRatio = 1 }: AccessLogOptions = {}) {
    super({ requestIdLogLabel: 'requestId' });
    this.#log = log;
    this.#observer = observer;
    this.#sampleRatio = sampleRatio;
  }

  /** Keeps an error for the line of its request. */
  record(request: FastifyRequest, error: unknown): void {
    this.#errors.set(request, error);
  }

  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    this.inFlight.add(reply);
    const { url, config } = request.routeOptions;
    const observer = config.unobserved ? undefined : this.#observer;
    observer?.begun(request);
    // Only `close` comes in every case: a client that hangs up keeps `finish` from happening.
    reply.raw.on('close', () => this.#over(request, reply, url, observer));
  }

  /** What broke before it was a whole request. */
  broken(status: number, code: string | undefined): void {
    const line: RequestLine = { route: 'unmatched', status };
    this.#observer?.over(line);
    this.#log.warn({ ...line, code }, 'request');
  }

  #over(request: FastifyRequest, reply: FastifyReply, url: string | undefined, observer?: RequestObserver): void {
    this.inFlight.delete(reply);
    const silent = request.log.level === 'silent';
    if (silent && !observer) return;
    const { raw } = reply;
    const aborted = !raw.writableFinished;
    const status = aborted && !raw.headersSent && raw.statusCode < 400 ? CLIENT_CLOSED_REQUEST : raw.statusCode;
    const error = this.#errors.get(request);
    const line: RequestLine = {
      requestId: request.id,
      route: url ?? 'unmatched',
      method: request.method,
      status,
      durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
    };
    if (aborted) line.aborted = true;
    if (error !== undefined) line.error = error;
    observer?.over(line, request, reply);
    if (!silent) this.#write(line);
  }

  #write(line: RequestLine): void {
    const { status, error, aborted } = line;
    if (status >= 500 || error !== undefined) this.#log.error(line, 'request');
    else if (status >= 400) this.#log.warn(line, 'request');
    else if (this.#sampleRatio === 1 || aborted) this.#log.info(line, 'request');
    // With the ratio in the line, what was left out can be reckoned.
    else if (Math.random() < this.#sampleRatio) this.#log.info({ ...line, sampleRatio: this.#sampleRatio }, 'request');
  }

  // Fastify's own lines would be second ones: what they know goes into the one above.

  override requestCompleted(): void {}

  override routeNotFound(): void {}

  override serviceUnavailable(): void {}

  override defaultErrorLog(error: Error, request: FastifyRequest): void {
    this.record(request, error);
  }

  override writeHeadError(error: Error, request: FastifyRequest): void {
    this.record(request, error);
  }

  override serializerError(error: Error, request: FastifyRequest): void {
    this.record(request, error);
  }

  override streamError(error: NodeJS.ErrnoException, request: FastifyRequest): void {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') this.record(request, error);
  }
}
