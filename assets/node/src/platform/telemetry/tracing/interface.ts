import type { FastifyRequest } from 'fastify';
import type { RequestLine } from '../../http/observer.js';
import type { LogContext } from '../../logging/types.js';
import type { Scope } from '../scope.js';

/** A span of an outgoing request. */
export interface ClientSpan {
  end(status: number | undefined, error: Error | undefined): void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly origin: string;
  readonly host: string;
  readonly path: string;
}

/** What tracing does for the rest, which works without it and without loading it. */
export interface Tracing {
  /** Begins the span of a request, the caller's trace going on in it. */
  beginServer(request: FastifyRequest): Scope;
  /** Ends it, and says in the log line to which trace the request belongs. */
  endServer(scope: Scope, line: RequestLine): void;
  beginClient(
    scope: Scope | undefined,
    request: OutgoingRequest,
    addHeader: (name: string, value: string) => void,
  ): ClientSpan | undefined;
  /** Whether what happens is the work of tracing itself. */
  isSuppressed(scope: Scope | undefined): boolean;
  logContext(): ReturnType<LogContext>;
  /** Sends what is left. */
  close(): Promise<void>;
}
