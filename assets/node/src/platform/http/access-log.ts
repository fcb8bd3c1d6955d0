import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Log } from '../logging/types.js';

/** What nginx logs when the client has gone before the response. */
const CLIENT_CLOSED_REQUEST = 499;

/** One line for each request, when it is over; and those that are not over yet. */
export class AccessLog extends LogController {
  readonly #log: Log;
  readonly #errors = new WeakMap<FastifyRequest, unknown>();
  readonly #inFlight = new Set<FastifyReply>();

  constructor(log: Log) {
    super({ requestIdLogLabel: 'requestId' });
    this.#log = log;
  }

  /** Replies that are not over, the oldest first. */
  get inFlight(): ReadonlySet<FastifyReply> {
    return this.#inFlight;
  }

  /** Keeps an error for the line of its request. */
  record(request: FastifyRequest, error: unknown): void {
    this.#errors.set(request, error);
  }

  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    this.#inFlight.add(reply);
    // Only `close` comes in every case: a client that hangs up keeps `finish` from happening.
    reply.raw.on('close', () => this.#over(request, reply));
  }

  #over(request: FastifyRequest, reply: FastifyReply): void {
    this.#inFlight.delete(reply);
    if (request.log.level === 'silent') return;
    const { raw } = reply;
    const aborted = !raw.writableFinished;
    const status = aborted && !raw.headersSent && raw.statusCode < 400 ? CLIENT_CLOSED_REQUEST : raw.statusCode;
    const line: Record<string, unknown> = {
      requestId: request.id,
      route: request.routeOptions.url ?? 'unmatched',
      method: request.method,
      status,
      durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
    };
    if (aborted) line['aborted'] = true;
    const error = this.#errors.get(request);
    if (error !== undefined) line['error'] = error;
    if (status >= 500 || error !== undefined) this.#log.error(line, 'request');
    else if (status >= 400) this.#log.warn(line, 'request');
    else this.#log.info(line, 'request');
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
